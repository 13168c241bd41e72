// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.27;

interface Pool {
    function token0() external view returns (address);
    function token1() external view returns (address);
    function mint(address owner, int24 lower, int24 upper, uint128 liquidity, bytes calldata data)
        external
        returns (uint256, uint256);
    function burn(int24 lower, int24 upper, uint128 liquidity) external returns (uint256, uint256);
    function swap(address to, bool falling, int256 amount, uint160 limit, bytes calldata data)
        external
        returns (int256, int256);
}

interface Mintable {
    function mint(address to, uint256 amount) external;
}

/// Holds positions and trades, and pays the pool with tokens made for it.
contract Trader {
    function mint(Pool pool, int24 lower, int24 upper, uint128 liquidity) external returns (uint256, uint256) {
        return pool.mint(address(this), lower, upper, liquidity, '');
    }

    function burn(Pool pool, int24 lower, int24 upper, uint128 liquidity) external returns (uint256, uint256) {
        return pool.burn(lower, upper, liquidity);
    }

    function swap(Pool pool, bool falling, int256 amount, uint160 limit) external returns (int256, int256) {
        return pool.swap(address(this), falling, amount, limit, '');
    }

    function uniswapV3MintCallback(uint256 amount0, uint256 amount1, bytes calldata) external {
        pay(amount0, amount1);
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        pay(amount0 > 0 ? uint256(amount0) : 0, amount1 > 0 ? uint256(amount1) : 0);
    }

    function pay(uint256 amount0, uint256 amount1) private {
        if (amount0 > 0) Mintable(Pool(msg.sender).token0()).mint(msg.sender, amount0);
        if (amount1 > 0) Mintable(Pool(msg.sender).token1()).mint(msg.sender, amount1);
    }
}
