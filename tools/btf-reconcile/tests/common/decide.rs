// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What becomes of the types of a distilled base.

use super::builder::Builder;
use btf_reconcile::btf::{
    Base,
    Btf,
    Decision,
    Fault,
    Id,
    Kind,
    Mapping,
    Offsets,
    Plan,
    Section,
    Split,
    Twins,
    Vmlinux, //
};

/// How the module uses the type.
#[derive(Clone, Copy, Debug)]
pub enum Use {
    ByPointer,
    ByValue,
    InArray,
    ByTypedef,
    AsArgument,
    AsVariable,
}

/// Decides for the first type of a base.
pub fn decide(built: impl Fn(&mut Builder), used: Use, running: impl Fn(&mut Builder)) -> Decision {
    let mut base = Builder::new();
    built(&mut base);
    let mut split = Builder::split(&base);
    let using = match used {
        Use::ByPointer => split.ptr(1),
        Use::ByTypedef => split.typedef("of_it", 1),
        Use::InArray => split.array(1, 1, 3),
        Use::ByValue | Use::AsArgument | Use::AsVariable => 1,
    };
    match used {
        Use::AsArgument => split.proto(0, &[("it", using)]),
        Use::AsVariable => split.var("it", using),
        _ => split.composite(Kind::Struct, "user", 64, &[("it", using, 0)]),
    };
    let mut kernel = Builder::new();
    running(&mut kernel);

    decide_all(&kernel, &base, &split)[0]
}

/// Decides for all types of `base`.
pub fn decide_all(kernel: &Builder, base: &Builder, split: &Builder) -> Vec<Decision> {
    planned(kernel, base, split, Section::Base, |_, base, _, plan| {
        let decisions = decisions(plan);
        let carried = decisions.iter().find_map(|&decision| match decision {
            Decision::Carried(reason) => Some(Fault::Refused(reason)),
            _ => None,
        });
        assert_eq!(plan.refuse_carried(base).err().map(|e| e.fault), carried);
        decisions
    })
}

/// Plans what becomes of the types of `base`, which stands in section `form`, and hands all of it to
/// `then`.
pub fn planned<R>(
    kernel: &Builder,
    base: &Builder,
    split: &Builder,
    form: Section,
    then: impl FnOnce(&Vmlinux<'_, Offsets>, &Btf<'_, Base>, &Btf<'_, Split>, &Plan) -> R,
) -> R {
    let (kernel, base, split) = (kernel.bytes(), base.bytes(), split.bytes());
    let base = Btf::parse_base(&base, form).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let plan = Plan::new(&vmlinux, &base, &split, &mut Twins::new(&vmlinux)).unwrap();
    then(&vmlinux, &base, &split, &plan)
}

/// What becomes of each type, in their order.
pub fn decisions(plan: &Plan) -> Vec<Decision> {
    plan.iter().map(|(_, decision)| decision).collect()
}

pub fn mapped(id: u32, how: Mapping) -> Decision {
    Decision::Mapped(Id::new(id).unwrap(), how)
}

pub fn exact(id: u32) -> Decision {
    mapped(id, Mapping::Exact)
}
