//! Proof that it stays true: byte formats and verification, pure and shared by server, browser and gate.
