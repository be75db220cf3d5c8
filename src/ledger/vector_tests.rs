//! Values that others published, checked by our code: the proofs of transparency-dev/merkle (`testdata`), whose tree is
//! that of RFC 6962, with every kind of damage that is tested there; and the notes of golang.org/x/mod (`sumdb/note`).

use super::hash::{Hash, decode_base64, sha256};
use super::key::{SignerKey, VerifierKey};
use super::note::{Note, NoteError};
use super::proof::{verify_consistency, verify_inclusion};

const ROOT_1: &str = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
const ROOT_2: &str = "+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=";
const ROOT_3: &str = "rra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=";
const ROOT_5: &str = "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=";
const ROOT_6: &str = "duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=";
const ROOT_7: &str = "3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=";
const ROOT_8: &str = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=";
const LEAF_1: &str = "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=";
const LEAF_2: &str = "ApjRIpBtz8EIkstTpzmS/FufST6kybrbJ7eRtBJ6f+c=";
const LEAF_4: &str = "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=";
const LEAF_5: &str = "QnGia+DYqE8L1UyMMC58s6O10fpngKQLzOKHNHfatlg=";
const LEAF_6: &str = "sIaT7C5yFZcTBkHoIR5+7cy0wmQTlj7ubB4u0W/7Gl8=";
const NODE_2_4: &str = "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=";
const NODE_4_6: &str = "DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=";
const NODE_6_8: &str = "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=";
const NODE_0_4: &str = "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=";
const NODE_4_8: &str = "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=";

fn hash(text: &str) -> Hash {
    text.parse().unwrap()
}

fn hashes(texts: &[&str]) -> Vec<Hash> {
    texts.iter().copied().map(hash).collect()
}

/// Every damage of a list of hashes that those tests do.
fn damaged(path: &[Hash], roots: &[Hash]) -> Vec<Vec<Hash>> {
    let garbage = [&[Hash::EMPTY_ROOT], roots].concat();
    let mut all = Vec::new();
    for extra in &garbage {
        all.push([path, &[*extra]].concat());
        all.push([&[*extra], path].concat());
    }
    for i in 0..path.len() {
        let mut bent = path.to_vec();
        bent[i].0[0] ^= 8;
        all.push(bent);
        let mut removed = path.to_vec();
        removed.remove(i);
        all.push(removed);
        let mut inserted = path.to_vec();
        inserted.insert(i, path[i]);
        all.push(inserted);
    }
    if let Some((_, rest)) = path.split_last() {
        all.push(rest.to_vec());
        all.push(Vec::new());
    }
    all
}

#[test]
fn the_published_inclusion_proofs_hold_and_no_damaged_one_does() {
    let cases: [(u64, u64, &str, &str, &[&str]); 5] = [
        (0, 1, ROOT_1, ROOT_1, &[]),
        (0, 8, ROOT_8, ROOT_1, &[LEAF_1, NODE_2_4, NODE_4_8]),
        (5, 8, ROOT_8, LEAF_5, &[LEAF_4, NODE_6_8, NODE_0_4]),
        (2, 3, ROOT_3, LEAF_2, &[ROOT_2]),
        (1, 5, ROOT_5, LEAF_1, &[ROOT_1, NODE_2_4, LEAF_4]),
    ];
    for (index, size, root, leaf, path) in cases {
        let (root, leaf, path) = (hash(root), hash(leaf), hashes(path));
        assert_eq!(verify_inclusion(&leaf, index, size, &path, &root), Ok(()));
        let refused = |leaf: &Hash, index, size, path: &[Hash], root: &Hash| {
            let verdict = verify_inclusion(leaf, index, size, path, root);
            assert!(verdict.is_err(), "{index} in {size}");
        };
        for other in [index.wrapping_sub(1), index + 1, index ^ 2] {
            refused(&leaf, other, size, &path, &root);
        }
        for other in [size * 2, size / 2] {
            refused(&leaf, index, other, &path, &root);
        }
        for other in [sha256(b"WrongLeaf"), Hash::EMPTY_ROOT] {
            refused(&other, index, size, &path, &root);
            refused(&leaf, index, size, &path, &other);
        }
        for path in damaged(&path, &[root]) {
            refused(&leaf, index, size, &path, &root);
        }
    }
}

#[test]
fn the_published_consistency_proofs_hold_and_no_damaged_one_does() {
    let cases: [(u64, u64, &str, &str, &[&str]); 5] = [
        (1, 1, ROOT_1, ROOT_1, &[]),
        (1, 8, ROOT_1, ROOT_8, &[LEAF_1, NODE_2_4, NODE_4_8]),
        (6, 8, ROOT_6, ROOT_8, &[NODE_4_6, NODE_6_8, NODE_0_4]),
        (2, 5, ROOT_2, ROOT_5, &[NODE_2_4, LEAF_4]),
        (6, 7, ROOT_6, ROOT_7, &[NODE_4_6, LEAF_6, NODE_0_4]),
    ];
    for (old, new, old_root, new_root, path) in cases {
        let (old_root, new_root, path) = (hash(old_root), hash(new_root), hashes(path));
        let verify = |old, new, path: &[Hash], old_root: &Hash, new_root: &Hash| {
            verify_consistency(old, new, path, old_root, new_root)
        };
        assert_eq!(verify(old, new, &path, &old_root, &new_root), Ok(()));
        let wrong = sha256(b"WrongRoot");
        assert!(verify(old, new, &path, &wrong, &new_root).is_err());
        assert!(verify(old, new, &path, &old_root, &wrong).is_err());
        for path in damaged(&path, &[old_root, new_root]) {
            let verdict = verify(old, new, &path, &old_root, &new_root);
            assert!(verdict.is_err(), "{old} to {new}");
        }
        if old == new {
            continue;
        }
        assert!(verify(old, new, &path, &new_root, &old_root).is_err());
        for other in [old - 1, old + 1, old ^ 2] {
            let verdict = verify(other, new, &path, &old_root, &new_root);
            assert!(verdict.is_err(), "{old} as {other} to {new}");
        }
        for other in [new * 2, new / 2] {
            assert!(verify(old, other, &path, &old_root, &new_root).is_err());
        }
    }
}

const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

fn open(note: &str, keys: &[&str]) -> Result<Vec<String>, NoteError> {
    let keys: Vec<VerifierKey> = keys.iter().map(|key| key.parse().unwrap()).collect();
    let note = Note::parse(note)?;
    let good = note.verify(&keys)?;
    Ok(good.iter().map(|good| good.key.name().to_owned()).collect())
}

#[test]
fn the_notes_of_the_go_checksum_database_open_as_they_do_there() {
    let both = format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}");
    assert_eq!(open(&both, &[PETER]).unwrap(), ["PeterNeumann"]);
    assert_eq!(
        open(&both, &[PETER, ENOCH]).unwrap(),
        ["PeterNeumann", "EnochRoot"]
    );
    assert_eq!(Note::parse(&both).unwrap().text(), TEXT);
    assert!(matches!(open(&both, &[]), Err(NoteError::Unknown(_))));

    // Four characters more in the middle of a signature, as they do it.
    let bent = |line: &str| format!("{}ABCD{}", &line[..62], &line[62..]);
    let invalid = format!("{TEXT}\n{}", bent(PETER_LINE));
    assert!(matches!(
        open(&invalid, &[PETER]),
        Err(NoteError::Bad { .. })
    ));
    let stranger = format!("{TEXT}\n{PETER_LINE}{}", bent(ENOCH_LINE));
    assert_eq!(open(&stranger, &[PETER]).unwrap(), ["PeterNeumann"]);
    assert!(open(&stranger, &[PETER, ENOCH]).is_err());

    for bad in [
        TEXT.to_owned(),
        format!("{TEXT}\n"),
        format!("{TEXT}\n{}", PETER_LINE.trim_end()),
        format!("\u{1}{TEXT}\n{PETER_LINE}"),
        format!("{TEXT}\n{}", PETER_LINE.replace("PeterNeumann", "Bad Name")),
        format!("{TEXT}\n{PETER_LINE}Unexpected line.\n"),
    ] {
        assert!(Note::parse(&bad).is_err(), "{bad:?}");
    }
}

#[test]
fn the_go_databases_private_key_signs_the_same_note() {
    let private = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let bytes = decode_base64(private).unwrap();
    let signer = SignerKey::new("PeterNeumann", bytes[1..].try_into().unwrap()).unwrap();
    assert_eq!(signer.verifier().to_string(), PETER);
    assert_eq!(signer.sign(TEXT), format!("{TEXT}\n{PETER_LINE}"));
}

#[test]
fn no_part_and_no_change_of_a_published_key_is_a_key() {
    for from in 0..PETER.len() {
        for to in from + 1..=PETER.len() {
            let whole = (from, to) == (0, PETER.len());
            let read = PETER[from..to].parse::<VerifierKey>();
            assert_eq!(read.is_ok(), whole, "{}", &PETER[from..to]);
        }
    }
    for at in 0..PETER.len() {
        let mut bytes = PETER.as_bytes().to_vec();
        bytes[at] += 1;
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.parse::<VerifierKey>().is_err(), "{text}");
    }
    // Too long, and of an unknown algorithm, each with the id that belongs to it.
    for text in [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ] {
        assert!(text.parse::<VerifierKey>().is_err(), "{text}");
    }
}
