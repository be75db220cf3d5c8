//! What checking receipts costs natively: the figure beside which `tests/e2e/bench-wasm.mjs` puts the browser's.
//!
//! Arguments: a file of receipts (as `/receipts/all.tlog-proofs` gives it), the log's key, and how many rounds. Prints
//! one line of JSON: milliseconds per receipt and round, each receipt with its signature (`single`) and all of them as a
//! chain, where a checkpoint that they share is opened once (`chain`). Without arguments it does nothing.

use std::hint::black_box;
use std::time::Instant;

use sayso::ledger::chain::{Place, check, split};
use sayso::ledger::key::VerifierKey;
use sayso::ledger::receipt::Receipt;

fn main() {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    let [file, key, rounds] = args.as_slice() else {
        return;
    };
    let files = std::fs::read_to_string(file).expect("the file of receipts");
    let keys: [VerifierKey; 1] = [key.trim().parse().expect("the log's key")];
    let rounds: usize = rounds.parse().expect("a number of rounds");
    let count = u32::try_from(split(&files).count()).expect("a count");
    let count = f64::from(count);
    let measure = |work: &dyn Fn()| -> Vec<f64> {
        work();
        let round = |_| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64() * 1000.0 / count
        };
        (0..rounds).map(round).collect()
    };
    let single = measure(&|| {
        for file in split(&files) {
            let receipt = Receipt::parse(black_box(file)).expect("a receipt");
            black_box(receipt.verify_unread(&keys).expect("a receipt that holds"));
        }
    });
    let chain = measure(&|| {
        let read = |bytes: &[u8]| Place::read(bytes).map_err(|error| error.to_string());
        black_box(check(split(black_box(&files)), &keys, read).expect("a chain that holds"));
    });
    println!(
        "{}",
        serde_json::json!({ "receipts": count, "single": single, "chain": chain })
    );
}
