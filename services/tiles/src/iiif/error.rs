use thiserror::Error;

/// Why an image request is refused (Image API 3.0 section 4: all of these answer 400).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum IiifError {
    #[error("the {parameter} `{given}` is not valid: {expected}")]
    Syntax {
        parameter: &'static str,
        given: String,
        expected: &'static str,
    },
    #[error("the region lies outside the image, which has {width} x {height} pixels")]
    OutsideImage { width: u32, height: u32 },
    #[error("the region is empty, its width and height must be at least one pixel")]
    EmptyRegion,
    #[error("the size would be less than one pixel, ask for a larger one")]
    EmptySize,
    #[error("the size is larger than the region, put ^ before it to have it enlarged")]
    Upscaled,
    #[error("the size is larger than {limit} pixels a side, ask for a smaller size or region")]
    OverLimit { limit: u32 },
}

impl IiifError {
    pub(crate) fn syntax(
        parameter: &'static str,
        given: &str,
        expected: &'static str,
    ) -> impl FnOnce() -> Self {
        // A hostile address must not fill the answer.
        let given = given.chars().take(80).collect();
        move || Self::Syntax {
            parameter,
            given,
            expected,
        }
    }
}
