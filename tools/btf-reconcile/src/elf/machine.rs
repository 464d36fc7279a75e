// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The machine that a file is for. The kernel's loader refuses modules for another one.

use crate::error::{
    Error,
    Result, //
};
use object::{
    elf::*,
    read::elf::FileHeader,
    Endianness, //
};
use std::fmt::{
    self,
    Display,
    Formatter, //
};

/// A machine that Linux runs on.
struct Port {
    /// Its number in ELF files.
    id: u16,
    /// How it is called.
    name: &'static str,
    /// How `uname -m` starts there.
    uname: &'static str,
}

/// The machines that Linux runs on.
const PORTS: [Port; 25] = [
    port(EM_X86_64, "x86-64", "x86_64"),
    port(EM_386, "x86", "i"),
    port(EM_AARCH64, "arm64", "aarch64"),
    port(EM_ARM, "arm", "arm"),
    port(EM_RISCV, "RISC-V", "riscv"),
    port(EM_S390, "s390", "s390"),
    port(EM_PPC64, "ppc64", "ppc64"),
    port(EM_PPC, "ppc", "ppc"),
    port(EM_LOONGARCH, "LoongArch", "loongarch"),
    port(EM_MIPS, "MIPS", "mips"),
    port(EM_SPARCV9, "sparc64", "sparc64"),
    port(EM_SPARC32PLUS, "sparc32plus", "sparc32plus"),
    port(EM_SPARC, "sparc", "sparc"),
    port(EM_PARISC, "PA-RISC", "parisc"),
    port(EM_ALPHA, "alpha", "alpha"),
    port(EM_ARC_COMPACT2, "ARC", "arc"),
    port(EM_ARC_COMPACT, "ARCompact", "arc"),
    port(EM_CSKY, "C-SKY", "csky"),
    port(EM_HEXAGON, "hexagon", "hexagon"),
    port(EM_68K, "m68k", "m68k"),
    port(EM_MICROBLAZE, "MicroBlaze", "microblaze"),
    port(EM_ALTERA_NIOS2, "Nios II", "nios2"),
    port(EM_OPENRISC, "OpenRISC", "openrisc"),
    port(EM_SH, "SuperH", "sh"),
    port(EM_XTENSA, "Xtensa", "xtensa"),
];

const fn port(id: u16, name: &'static str, uname: &'static str) -> Port {
    Port { id, name, uname }
}

/// The machine that a file says it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    pub(super) id: u16,
    pub(super) bits: u32,
    pub(super) endian: Endianness,
}

impl Machine {
    /// What the header of a file says.
    pub(super) fn of<E: FileHeader<Endian = Endianness>>(header: &E, endian: Endianness) -> Self {
        Self {
            id: header.e_machine(endian),
            bits: if header.is_class_64() { 64 } else { 32 },
            endian,
        }
    }

    /// One of 64 bits that keeps the lowest byte first, of the number `id`.
    pub(super) fn little(id: u16) -> Self {
        Self {
            id,
            bits: 64,
            endian: Endianness::Little,
        }
    }

    /// Bytes of a pointer.
    pub fn pointer(&self) -> u32 {
        self.bits / 8
    }

    /// Checks that a module can be for it.
    ///
    /// # Errors
    ///
    /// Linux does not run on it, as on that of BPF programs.
    pub(super) fn runs_linux(&self) -> Result {
        if PORTS.iter().any(|port| port.id == self.id) {
            return Ok(());
        }
        let error = format!("an object for {self}, which Linux does not run on: no kernel module");
        Err(Error::Unfit(error))
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match PORTS.iter().find(|port| port.id == self.id) {
            Some(port) => write!(f, "{}", port.name)?,
            None if self.id == EM_BPF => write!(f, "BPF")?,
            None => write!(f, "machine {}", self.id)?,
        }
        write!(f, " ({} bits, {})", self.bits, order(self.endian))
    }
}

fn order(endian: Endianness) -> &'static str {
    match endian {
        Endianness::Little => "little-endian",
        Endianness::Big => "big-endian",
    }
}

/// What is known of the machine that a kernel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// All, from its ELF file.
    Machine(Machine),
    /// No more than raw BTF gives away: it is of this machine's byte order, and may have a type
    /// that is as long as a pointer.
    Bits(Option<u32>),
}

impl Target {
    /// The target of the kernel that runs here, whose pointers have `bits`, on what `uname -m`
    /// calls `name`.
    pub fn running(name: &str, bits: Option<u32>) -> Self {
        let port = PORTS.iter().find(|port| name.starts_with(port.uname));
        // To a program with a personality of 32 bits the kernel shows another machine than its own.
        let is_narrow = |id| matches!(id, EM_386 | EM_ARM | EM_PPC | EM_SPARC);
        match (port.map(|port| port.id), bits) {
            (Some(id), Some(bits)) if bits == 32 || !is_narrow(id) => Target::Machine(Machine {
                id,
                bits,
                endian: Endianness::default(),
            }),
            _ => Target::Bits(bits),
        }
    }

    /// Bytes of a pointer; where that can't be told, of this program's.
    pub fn pointer(&self) -> u32 {
        let bits = match self {
            Target::Machine(machine) => Some(machine.bits),
            Target::Bits(bits) => *bits,
        };
        bits.unwrap_or(usize::BITS) / 8
    }

    /// Whether what is known tells it from another one.
    pub fn is_unlike(&self, other: &Self) -> bool {
        match (self, other) {
            (Target::Machine(a), Target::Machine(b)) => a != b,
            (Target::Bits(None), _) | (_, Target::Bits(None)) => false,
            _ => self.pointer() != other.pointer(),
        }
    }

    /// Checks that a module for `machine` can be loaded into the kernel.
    ///
    /// # Errors
    ///
    /// The kernel is for another one.
    pub fn takes(&self, machine: &Machine) -> Result {
        let fits = match self {
            Target::Machine(own) => own == machine,
            Target::Bits(bits) => {
                let is_of_here = machine.endian == Endianness::default();
                is_of_here && bits.is_none_or(|bits| bits == machine.bits)
            }
        };
        if fits {
            return Ok(());
        }
        let error = format!("a module for {machine}, but the kernel is for {self}");
        Err(Error::Unfit(error))
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Target::Machine(machine) => write!(f, "{machine}"),
            Target::Bits(bits) => {
                let bits = bits.map_or(String::new(), |bits| format!("{bits} bits, "));
                write!(f, "a machine of {bits}{}", order(Endianness::default()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine with the byte order of this one.
    fn machine(id: u16, bits: u32) -> Machine {
        let endian = Endianness::default();
        Machine { id, bits, endian }
    }

    #[test]
    fn the_running_kernel_has_the_machine_of_the_host() {
        let running = |name, bits| Target::running(name, Some(bits));
        for (name, id, bits) in [
            ("x86_64", EM_X86_64, 64),
            ("i686", EM_386, 32),
            ("aarch64", EM_AARCH64, 64),
            ("armv7l", EM_ARM, 32),
            ("riscv64", EM_RISCV, 64),
            ("s390x", EM_S390, 64),
            ("ppc64le", EM_PPC64, 64),
            ("ppc", EM_PPC, 32),
            ("loongarch64", EM_LOONGARCH, 64),
            ("mips64", EM_MIPS, 64),
        ] {
            let own = machine(id, bits);
            assert_eq!(running(name, bits), Target::Machine(own), "{name}");
        }
        // Under `setarch i686` the kernel is still one of 64 bits.
        assert_eq!(running("i686", 64), Target::Bits(Some(64)));
        assert_eq!(running("unheard-of", 64), Target::Bits(Some(64)));
        assert_eq!(Target::running("x86_64", None), Target::Bits(None));
    }

    #[test]
    fn only_what_is_known_is_compared() {
        let (arm64, x86) = (machine(EM_AARCH64, 64), machine(EM_X86_64, 64));
        let narrow = machine(EM_386, 32);
        let foreign = Machine {
            endian: match Endianness::default() {
                Endianness::Little => Endianness::Big,
                Endianness::Big => Endianness::Little,
            },
            ..arm64
        };
        let takes = |target: Target| {
            let all = [arm64, x86, narrow, foreign];
            all.map(|machine| target.takes(&machine).is_ok())
        };
        assert_eq!(takes(Target::Machine(arm64)), [true, false, false, false]);
        assert_eq!(takes(Target::Machine(foreign)), [false, false, false, true]);
        assert_eq!(takes(Target::Bits(Some(64))), [true, true, false, false]);
        assert_eq!(takes(Target::Bits(Some(32))), [false, false, true, false]);
        assert_eq!(takes(Target::Bits(None)), [true, true, true, false]);
        assert!(arm64.runs_linux().is_ok());
        assert!(machine(EM_BPF, 64).runs_linux().is_err());
    }
}
