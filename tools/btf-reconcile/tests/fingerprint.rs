// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Notes on the kernel that a module was built against, as the core reads them.

use btf_reconcile::btf::{
    Error,
    Fault,
    Fingerprint,
    Place,
    Section,
    BTF_SHA256,
    BUILD_ID,
    MAX_BUILD_ID,
    MAX_FINGERPRINT,
    MAX_RELEASE,
    OWNER,
    RELEASE, //
};
use proptest::prelude::*;

/// A note that its lengths are right of.
fn note(owner: &[u8], kind: u32, contents: &[u8]) -> Vec<u8> {
    let lengths = [owner.len() as u32 + 1, contents.len() as u32, kind];
    let mut note = lengths.map(u32::to_ne_bytes).concat();
    note.extend(owner);
    note.push(0);
    note.resize(note.len().next_multiple_of(4), 0);
    note.extend(contents);
    note.resize(note.len().next_multiple_of(4), 0);
    note
}

fn fault(section: &[u8]) -> Fault {
    let error = Fingerprint::parse(section).unwrap_err();
    let Error { fault, .. } = error;
    assert_eq!(error, Error::new(Section::Fingerprint, Place::Whole, fault));
    fault
}

#[test]
fn all_that_is_said_is_read() {
    assert_eq!(Fingerprint::parse(&[]), Ok(None));
    let parts = [
        note(b"GNU", 3, &[9; 20]),
        note(OWNER, RELEASE, b"7.3.4"),
        note(OWNER, 77, b"what is not known yet"),
        note(b"", 0, b""),
        note(OWNER, BTF_SHA256, &[7; 32]),
        note(OWNER, BUILD_ID, &[1, 2, 3]),
    ];
    let expected = Fingerprint {
        release: Some(b"7.3.4"),
        build_id: Some(&[1, 2, 3]),
        btf_sha256: Some(&[7; 32]),
    };
    let mut section = parts.concat();
    assert_eq!(Fingerprint::parse(&section), Ok(Some(expected)));
    assert_eq!(expected.to_string(), "7.3.4 (build id 010203)");
    // What is filled up with may be missing at the end.
    section.pop();
    assert_eq!(Fingerprint::parse(&section), Ok(Some(expected)));
    section.pop();
    assert_eq!(fault(&section), Fault::Truncated);
    assert_eq!(Fingerprint::parse(&parts[0]), Ok(None));
}

#[test]
fn the_kernel_s_own_notes_tell_its_build_id() {
    let notes = [
        note(b"Xen", 6, b"linux"),
        note(b"GNU", 5, &[0; 16]),
        note(b"GNU", 3, &[9; 20]),
        note(b"Linux", 0x101, &[0; 4]),
    ];
    let all = notes.concat();
    let kernel = Fingerprint::of_kernel(&all);
    assert_eq!(kernel.build_id, Some(&[9; 20][..]));
    assert_eq!(Fingerprint::of_kernel(&notes[0]).build_id, None);
    assert_eq!(Fingerprint::of_kernel(&[1; 40]).build_id, None);
}

#[test]
fn contents_are_limited() {
    let long = |n| vec![b'x'; n];
    for (kind, most) in [(BUILD_ID, MAX_BUILD_ID), (RELEASE, MAX_RELEASE)] {
        assert!(Fingerprint::parse(&note(OWNER, kind, &long(1))).is_ok());
        assert!(Fingerprint::parse(&note(OWNER, kind, &long(most))).is_ok());
        for n in [0, most + 1] {
            let section = note(OWNER, kind, &long(n));
            assert_eq!(fault(&section), Fault::NoteContents(kind));
        }
    }
    for release in [&b"7.3 4"[..], b"7.3\n", b"7.3\x1b[m", b"7.3\xff", b"../7.3"] {
        let section = note(OWNER, RELEASE, release);
        assert_eq!(fault(&section), Fault::NoteContents(RELEASE));
    }
    for n in [0, 31, 33] {
        let section = note(OWNER, BTF_SHA256, &long(n));
        assert_eq!(fault(&section), Fault::NoteContents(BTF_SHA256));
    }
    let twice = note(OWNER, RELEASE, b"7").repeat(2);
    assert_eq!(fault(&twice), Fault::NoteTwice(RELEASE));
    let mut section = note(b"GNU", 1, &long(MAX_FINGERPRINT - 16));
    assert_eq!(section.len(), MAX_FINGERPRINT);
    assert_eq!(Fingerprint::parse(&section), Ok(None));
    section.push(0);
    assert_eq!(fault(&section), Fault::NotesTooLong(MAX_FINGERPRINT + 1));
}

#[test]
fn build_ids_and_hashes_tell_together() {
    let print = |build_id, btf_sha256| Fingerprint {
        release: Some(b"7.3.4"),
        build_id,
        btf_sha256,
    };
    let (one, two) = ([1; 32], [2; 32]);
    let (a, b) = (Some(&b"a"[..]), Some(&b"b"[..]));
    for (left, right, same) in [
        (print(a, None), print(a, None), Some(true)),
        (print(a, None), print(b, None), Some(false)),
        (print(a, Some(&one)), print(b, Some(&two)), Some(false)),
        (print(a, Some(&one)), print(a, Some(&two)), Some(true)),
        // One of the ids may be from elsewhere.
        (print(a, Some(&one)), print(b, Some(&one)), None),
        (print(a, Some(&one)), print(None, Some(&one)), Some(true)),
        (
            print(None, Some(&one)),
            print(None, Some(&two)),
            Some(false),
        ),
        (print(a, None), print(None, Some(&one)), None),
        // A release is not enough.
        (print(None, None), print(None, None), None),
    ] {
        assert_eq!(left.is_same(&right), same, "{left:?} {right:?}");
        assert_eq!(right.is_same(&left), same, "{left:?} {right:?}");
    }
}

/// What a note of this kind has in it, or near to that.
fn contents(kind: u32) -> BoxedStrategy<Vec<u8>> {
    match kind {
        BTF_SHA256 => prop::collection::vec(any::<u8>(), 31..=33).boxed(),
        RELEASE => prop::collection::vec(b' '..=b'~', 0..=MAX_RELEASE + 1).boxed(),
        _ => prop::collection::vec(any::<u8>(), 0..=MAX_BUILD_ID + 1).boxed(),
    }
}

/// A note of which nothing need be right.
fn any_note() -> impl Strategy<Value = Vec<u8>> {
    let owner = prop_oneof![
        Just(OWNER.to_vec()),
        Just(b"GNU".to_vec()),
        any::<Vec<u8>>()
    ];
    let kind = prop_oneof![0..5u32, BUILD_ID..=RELEASE];
    let said = kind.prop_flat_map(|kind| (Just(kind), contents(kind)));
    let right = (owner, said).prop_map(|(owner, (kind, c))| note(&owner, kind, &c));
    (right, any::<prop::sample::Index>(), any::<u8>(), 0..8u8).prop_map(|(mut n, at, byte, how)| {
        match how {
            0 => n.truncate(at.index(n.len())),
            1 => {
                let at = at.index(n.len());
                n[at] = byte;
            }
            _ => {}
        }
        n
    })
}

proptest! {
    /// Whatever is there, what is read of it is in it, and can be printed in a line of the log.
    #[test]
    fn anything_may_be_there(notes in prop::collection::vec(any_note(), 0..6)) {
        let section = notes.concat();
        let kernel = Fingerprint::of_kernel(&section);
        let found = Fingerprint::parse(&section).unwrap_or_default().unwrap_or_default();
        let hash = found.btf_sha256.map(|hash| &hash[..]);
        let ids = [found.build_id, kernel.build_id];
        for id in ids.into_iter().flatten() {
            prop_assert!((1..=MAX_BUILD_ID).contains(&id.len()));
        }
        for part in [found.release, hash].into_iter().chain(ids).flatten() {
            let inside = section.as_ptr_range();
            prop_assert!(inside.contains(&part.as_ptr()));
        }
        let words = found.to_string();
        prop_assert!(words.bytes().all(|b| b == b' ' || b.is_ascii_graphic()));
        // A quote takes two bytes, as all of a build id does.
        let most = 2 * MAX_RELEASE + " (build id )".len() + 2 * MAX_BUILD_ID;
        prop_assert!(words.len() <= most);
        let mut doubled = section.clone();
        doubled.resize(section.len().next_multiple_of(4), 0);
        doubled.extend(&section);
        if found != Fingerprint::default() {
            prop_assert!(Fingerprint::parse(&doubled).is_err());
        }
    }
}
