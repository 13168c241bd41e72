// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// A price that is what it was set to.
contract Price {
    uint256 private value;

    function set(uint256 value_) external {
        value = value_;
    }

    function fetchPrice() external view returns (uint256) {
        return value;
    }
}

/// Stands in for all that takes fees or hands out rewards: takes everything, hands out nothing.
contract Bystander {
    function getDeploymentStartTime() external pure returns (uint256) {
        return 0;
    }

    function issueSOV(uint256) external pure returns (uint256) {
        return 0;
    }

    function sendSOV(address, uint256) external pure {}

    function transferTokens(address, uint96) external pure {}

    function transferRBTC() external payable {}
}

interface Pool {
    function getETH() external view returns (uint256);
    function getZUSDDebt() external view returns (uint256);
}

interface Manager {
    function getEntireDebtAndColl(address owner) external view returns (uint256, uint256, uint256, uint256);
    function baseRate() external view returns (uint256);
    function lastFeeOperationTime() external view returns (uint256);
    function totalStakes() external view returns (uint256);
    function totalStakesSnapshot() external view returns (uint256);
    function totalCollateralSnapshot() external view returns (uint256);
    function L_ETH() external view returns (uint256);
    function L_ZUSDDebt() external view returns (uint256);
    function lastETHError_Redistribution() external view returns (uint256);
    function lastZUSDDebtError_Redistribution() external view returns (uint256);
}

interface Deposits {
    function getETH() external view returns (uint256);
    function getTotalZUSDDeposits() external view returns (uint256);
    function P() external view returns (uint256);
    function currentScale() external view returns (uint128);
    function currentEpoch() external view returns (uint128);
    function epochToScaleToSum(uint128 epoch, uint128 scale) external view returns (uint256);
    function lastETHError_Offset() external view returns (uint256);
    function lastZUSDLossError_Offset() external view returns (uint256);
    function getCompoundedZUSDDeposit(address who) external view returns (uint256);
    function getDepositorETHGain(address who) external view returns (uint256);
}

/// What the contracts say of themselves by their own getters, in two calls.
contract Lens {
    Pool private immutable active;
    Pool private immutable defaulted;
    Manager private immutable troves;
    Deposits private immutable pool;

    constructor(Pool active_, Pool defaulted_, Manager troves_, Deposits pool_) {
        (active, defaulted, troves, pool) = (active_, defaulted_, troves_, pool_);
    }

    function system() external view returns (uint256[19] memory out) {
        out[0] = active.getETH() + defaulted.getETH();
        out[1] = active.getZUSDDebt() + defaulted.getZUSDDebt();
        out[2] = troves.baseRate();
        out[3] = troves.lastFeeOperationTime();
        out[4] = troves.totalStakes();
        out[5] = troves.totalStakesSnapshot();
        out[6] = troves.totalCollateralSnapshot();
        out[7] = troves.L_ETH();
        out[8] = troves.L_ZUSDDebt();
        out[9] = troves.lastETHError_Redistribution();
        out[10] = troves.lastZUSDDebtError_Redistribution();
        out[11] = pool.getTotalZUSDDeposits();
        out[12] = pool.getETH();
        out[13] = pool.P();
        out[14] = pool.currentScale();
        out[15] = pool.currentEpoch();
        out[16] = pool.epochToScaleToSum(pool.currentEpoch(), pool.currentScale());
        out[17] = pool.lastETHError_Offset();
        out[18] = pool.lastZUSDLossError_Offset();
    }

    function user(address who) external view returns (uint256[4] memory out) {
        (out[0], out[1],,) = troves.getEntireDebtAndColl(who);
        out[2] = pool.getCompoundedZUSDDeposit(who);
        out[3] = pool.getDepositorETHGain(who);
    }
}
