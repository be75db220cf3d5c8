//! One integration binary. Tests read as sentences and go through the front door; `world` sets the scene.

mod accounts;
mod architecture;
mod choices;
mod contract;
mod rights;
mod world;
