// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// A price that is what it was set to, or none.
contract Price {
    uint256 private value;
    bool private dead;

    function set(uint256 value_, bool dead_) external {
        value = value_;
        dead = dead_;
    }

    function price() external view returns (uint256) {
        require(!dead, 'no price');
        return value;
    }
}

struct Params {
    address loan;
    address collateral;
    address oracle;
    address model;
    uint256 lltv;
}

struct Totals {
    uint128 supplyAssets;
    uint128 supplyShares;
    uint128 borrowAssets;
    uint128 borrowShares;
    uint128 updated;
    uint128 fee;
}

/// An interest-rate model that answers what it was told to.
contract Model {
    uint256 public rate;

    function set(uint256 rate_) external {
        rate = rate_;
    }

    function borrowRate(Params memory, Totals memory) external view returns (uint256) {
        return rate;
    }
}
