// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kernels, bases and modules of sound and unsound types, drawn from the input; and modules that have
//! copies of a kernel's types, or BTF that stands on its own. The oracle says what has to become of them,
//! and the kernel takes it.

#![no_main]

use arbitrary::Unstructured;
use btf_reconcile::btf::Carried;
use btf_reconcile_fuzz::{
    common::{
        generate::{
            alone,
            case,
            copied,
            Ids,
            Sound, //
        },
        judge::{
            self,
            Came,
            Judged,
            Kernel, //
        },
    },
    pipeline::{
        carried,
        pass_drawn,
        How, //
    },
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&[which, how], input)) = input.split_first_chunk() else {
        return;
    };
    let (sound, judged) = match which % 3 {
        0 => (Sound::Yes, Judged::All),
        1 => (Sound::Loosely, Judged::All),
        _ => (Sound::No, Judged::Meaning),
    };
    let u = &mut Unstructured::new(input);
    if (0x40..0x80).contains(&which) {
        if let Ok(case) = alone(u, Ids::Resolved) {
            let kernel = Kernel::open(&case.kernel).expect("it is sound");
            judge::outcome(&kernel, &case.sections(), case.how, Judged::All).unwrap();
            let (base, ids) = (Carried::Nothing, case.sections().ids.unwrap_or_default());
            pass_drawn(&case.kernel, base, &case.btf, ids, How(how));
        }
    } else if which >= 0x80 && judged == Judged::All {
        if let Ok(case) = copied(u, sound) {
            let kernel = Kernel::open(&case.kernel).expect("it is sound");
            judge::copies(&kernel, &case.split).unwrap();
            pass_drawn(
                &case.kernel,
                Carried::Nothing,
                &case.split,
                (&[], &[]),
                How(how),
            );
        }
    } else if let Ok(case) = case(u, sound) {
        let kernel = Kernel::open(&case.kernel).expect("it is sound");
        for module in case.modules() {
            let came = judge::reconciled(&kernel, &module, judged).unwrap();
            assert!(sound != Sound::Yes || came == Came::Out, "{came:?}");
            let (base, ids) = (carried(&module), (&[][..], &[][..]));
            pass_drawn(&case.kernel, base, module.split, ids, How(how));
        }
    }
});
