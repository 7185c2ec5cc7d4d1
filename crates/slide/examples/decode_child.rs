//! The smallest decoder child. The tests start it; so can anything that embeds this crate without
//! the `coverslip` program.

use std::io::{self, stdin, stdout};

fn main() -> io::Result<()> {
    coverslip_slide::decode_child::serve(stdin().lock(), stdout().lock())
}
