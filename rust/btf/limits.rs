// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Every limit there is, with what lies beyond it.
//!
//! None is met by what compilers and kernels make. What lies beyond one is always treated in the
//! safe way: different, embedded, stale, refused.
//!
//! The same table is in `Documentation/rules.rst`.

/// Largest id of a type, `BTF_MAX_TYPE`. More types are an error.
pub const MAX_TYPE: u32 = 0x000f_ffff;

/// Largest offset of a name, `BTF_MAX_NAME_OFFSET`. More strings are an error.
pub const MAX_NAME_OFFSET: u32 = 0x00ff_ffff;

/// Bytes of a name, its NUL not counted, as `__btf_name_valid()` counts them (`KSYM_NAME_LEN`).
/// Where the kernel asks for an identifier it refuses a longer one.
pub const MAX_NAME: usize = 512;

/// Links of a chain of modifiers that the kernel accepts, `btf_check_modifier_chain_length()`:
/// longer ones it refuses.
pub const MAX_MODIFIERS: u32 = 32;

/// Arguments that the verifier lets a kfunc have, `MAX_BPF_FUNC_REG_ARGS` and those on the stack:
/// one with more can't be used.
pub const MAX_ARGUMENTS: u32 = 12;

/// Types of one name that are looked at. What has more rivals is ambiguous.
pub const MAX_NAMESAKES: usize = 512;

/// Types of the kernel that one type is compared with. A kernel has some ten names with several
/// definitions, three of one at the most. What goes beyond differs; where a name has more that
/// might be meant, it is ambiguous.
pub const MAX_RIVALS: usize = 16;

/// Pairs of a module's types and the kernel's that are compared. There are about as many as the
/// module has types of its own, some ten thousands in the largest. What goes beyond differs.
pub const MAX_PAIRS: usize = 1 << 20;

/// Pairs of types of the kernel that are compared for one module. Kernels have some dozens; one
/// that has a half of its types twice would have some ten thousands. What goes beyond differs.
pub const MAX_TWINS: usize = 1 << 16;

/// Links from a member to the type that is named as what differs. What is further away is not
/// named.
pub const MAX_TOLD: usize = 8;

/// Members and values of the kernel's that those of one base are compared with, in all: some
/// hundred times what the largest modules need. What is beyond differs.
pub const MAX_ELEMENTS_COMPARED: u32 = 1 << 24;

/// Arguments that are passed in registers, `MAX_BPF_FUNC_REG_ARGS`: what the verifier supplies, or
/// translates for an arena, can't be among later ones.
pub const MAX_REGISTERS: u32 = 5;

/// Bytes of an argument of a kfunc, as `btf_distill_func_proto()` has it: one with a larger
/// argument can't be used.
pub const MAX_ARGUMENT_SIZE: u32 = 16;

/// Kfuncs in one set, `BTF_KFUNC_SET_MAX_CNT`: larger ones are not registered.
pub const MAX_KFUNCS_IN_SET: u32 = 256;

/// Structs in one another, the outermost counted, that the verifier looks into for numbers,
/// `__btf_type_is_scalar_struct()`: deeper ones are no structs of numbers.
pub const MAX_NESTING: usize = 4;

/// Links of a chain of modifiers and arrays that the kernel follows to a size, `MAX_RESOLVE_DEPTH`:
/// what is behind a longer one has none.
pub const MAX_RESOLVE: u32 = 32;

/// Bytes of `.note.btf_base`, of which some 150 are in use. A longer one is not read.
pub const MAX_FINGERPRINT: usize = 4096;

/// Bytes of a build id; linkers make up to 20 of them. A longer one is none.
pub const MAX_BUILD_ID: usize = 64;

/// Bytes of a kernel's release, `__NEW_UTS_LEN`. A longer one is none.
pub const MAX_RELEASE: usize = 64;

/// Types that are looked at for all kfuncs and destructors of one module together: what is not
/// looked at can't be used. A kfunc takes some dozens.
pub const MAX_CALLABLE_STEPS: u32 = 1 << 22;
