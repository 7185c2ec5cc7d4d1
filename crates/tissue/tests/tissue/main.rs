//! Tissue and its artefacts: on phantoms, on painted glass, on a real slide.

mod artefacts;
mod glass;
mod mask;
mod painting;
mod real;
