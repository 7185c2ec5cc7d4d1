//! Labels that are drawn, turned and spoilt, and what is read of them.

mod paper;
mod reading;
