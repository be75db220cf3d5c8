//! Migrations are embedded by a macro; this makes a new one trigger a rebuild.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
