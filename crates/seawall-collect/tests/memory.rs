//! Reading a cluster takes memory for what is kept, and not for what is sent. The whole question, 25,000 pods within 300
//! MB, is asked by `cargo xtask bench`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[allow(dead_code)] // the other tests use all of it
#[path = "cluster/fake.rs"]
mod fake;
#[path = "cluster/large.rs"]
mod large;

#[test]
fn a_cluster_fits() {
    // 6 MB are sent for a thousand pods, twice; the process itself and a page on its way need the rest.
    let read = large::read(1_000);
    let Some((_, peak)) = read.peaks else {
        println!("peak memory was NOT MEASURED: this system does not tell");
        return;
    };
    assert!(read.file > 0 && peak <= 80_000_000, "{peak} bytes for 1,000 pods");
}
