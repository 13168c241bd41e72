// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

/// A price that is what it was set to.
contract Feed {
    int256 public latestAnswer;

    function set(int256 answer) external {
        latestAnswer = answer;
    }
}

/// A sequencer that is up or down.
contract Sentinel {
    bool public down;

    function set(bool down_) external {
        down = down_;
    }

    function isBorrowAllowed() external view returns (bool) {
        return !down;
    }

    function isLiquidationAllowed() external view returns (bool) {
        return !down;
    }
}
