// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What can go wrong outside of the core.

use crate::{
    btf,
    names, //
};
use std::{
    io,
    path::{
        Path,
        PathBuf, //
    },
};
use thiserror::Error;

/// Why a command, or its work on one file, has failed.
#[derive(Debug, Error)]
pub enum Error {
    /// A file can't be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Not an ELF file, or a broken one.
    #[error("ELF: {0}")]
    Elf(#[from] object::Error),
    /// The result can't be printed.
    #[error("standard output: {0}")]
    Output(io::Error),
    /// The BTF in it is not usable.
    #[error("{0}")]
    Btf(btf::Error),
    /// What was expected is not there, or more than was expected.
    #[error("{0}")]
    Unfit(String),
    /// The command can't be carried out on input that is in order.
    #[error("{0}")]
    Refused(String),
    /// All this, of one file.
    #[error("{path}: {error}", path = names::shown(path))]
    In {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: Box<Error>,
    },
}

impl Error {
    /// Says which file this is about.
    pub fn at(self, path: &Path) -> Self {
        Error::In {
            path: path.to_owned(),
            error: Box::new(self),
        }
    }

    /// Whether the input was read and found wanting, rather than not read at all.
    pub fn is_about_btf(&self) -> bool {
        match self {
            Error::Btf(_) | Error::Refused(_) => true,
            Error::In { error, .. } => error.is_about_btf(),
            Error::Io(_) | Error::Elf(_) | Error::Output(_) | Error::Unfit(_) => false,
        }
    }
}

impl From<btf::Error> for Error {
    fn from(error: btf::Error) -> Self {
        Error::Btf(error)
    }
}

/// What a fallible step of the program returns.
pub type Result<T = ()> = std::result::Result<T, Error>;
