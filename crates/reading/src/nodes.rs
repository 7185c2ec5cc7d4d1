//! What the blocks of a patient say together, as lymph nodes are counted.

use std::collections::BTreeMap;

use flow::TaskId;
use serde::{Deserialize, Serialize};

use crate::{CaseCall, SlideAnswers, TaskResult, fused};

/// In how many blocks a task found something.
///
/// A block is positive if any of its slides is, and negative only if every slide is: levels and
/// stains of one block are one finding. Where a block holds several nodes, nodes are counted too low.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockCount {
    pub task: TaskId,
    pub n_blocks: usize,
    /// Isolated tumour cells alone do not make a block positive.
    pub n_positive: usize,
    pub n_negative: usize,
    /// Blocks without an answer.
    pub n_open: usize,
    /// Only of a task that names the sizes of metastases.
    pub nodes: Option<NodeCount>,
}

/// Blocks by the largest metastasis in each, of a task whose classes are `negative`, `itc`, `micro`
/// and `macro`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeCount {
    pub n_macro: usize,
    pub n_micro: usize,
    pub n_itc: usize,
    pub n_negative: usize,
    /// Absent while any block has no answer.
    pub stage: Option<NodeStage>,
}

/// The pathological stage of axillary nodes by number and size alone (AJCC 8th edition, breast; up
/// to pN2 as in Bandi et al. 2019, CAMELYON17): where nodes lie, and what grows beyond them, is not
/// known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeStage {
    #[serde(rename = "pN0")]
    N0,
    /// Nothing but isolated tumour cells.
    #[serde(rename = "pN0(i+)")]
    N0Isolated,
    /// Metastases, none larger than 2 mm.
    #[serde(rename = "pN1mi")]
    N1Micro,
    /// 1 to 3 nodes with metastases, at least one larger than 2 mm.
    #[serde(rename = "pN1")]
    N1,
    /// 4 to 9 nodes.
    #[serde(rename = "pN2")]
    N2,
    /// 10 nodes or more.
    #[serde(rename = "pN3")]
    N3,
}

/// The largest metastasis in a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Metastasis {
    None,
    /// Not larger than 0.2 mm.
    IsolatedCells,
    /// Not larger than 2 mm.
    Micro,
    Macro,
}

/// One count a task that any slide has an answer of, each block by the answers of its slides. Tasks
/// whose classes are neither a finding nor a size are left out.
pub fn counted(blocks: &[Vec<SlideAnswers>]) -> Vec<BlockCount> {
    let mut by_task: BTreeMap<TaskId, Vec<TaskResult>> = BTreeMap::new();
    for result in blocks.iter().flat_map(|slides| fused(slides)) {
        let of_task = by_task.entry(result.task.clone());
        of_task.or_default().push(result);
    }
    let counts = by_task
        .into_iter()
        .map(|(task, results)| BlockCount::of(task, &results, blocks.len()));
    counts.flatten().collect()
}

impl BlockCount {
    fn of(task: TaskId, results: &[TaskResult], n_blocks: usize) -> Option<Self> {
        let names_sizes = Metastasis::are_named_by(results);
        let nodes = names_sizes.then(|| NodeCount::of(results, n_blocks));
        let (n_positive, n_negative) = match &nodes {
            Some(nodes) => (nodes.n_metastatic(), nodes.n_itc + nodes.n_negative),
            None if results.iter().any(|one| one.call == CaseCall::ByClass) => return None,
            None => (
                n_called(results, CaseCall::Positive),
                n_called(results, CaseCall::Negative),
            ),
        };
        Some(Self {
            task,
            n_blocks,
            n_positive,
            n_negative,
            n_open: n_blocks - n_positive - n_negative,
            nodes,
        })
    }
}

impl NodeCount {
    fn of(results: &[TaskResult], n_blocks: usize) -> Self {
        let largest: Vec<_> = results.iter().filter_map(Metastasis::largest).collect();
        let n_of = |size| largest.iter().filter(|one| **one == size).count();
        let mut count = Self {
            n_macro: n_of(Metastasis::Macro),
            n_micro: n_of(Metastasis::Micro),
            n_itc: n_of(Metastasis::IsolatedCells),
            n_negative: n_of(Metastasis::None),
            stage: None,
        };
        count.stage = (largest.len() == n_blocks).then(|| count.ruled());
        count
    }

    fn n_metastatic(&self) -> usize {
        self.n_macro + self.n_micro
    }

    fn ruled(&self) -> NodeStage {
        match (self.n_macro, self.n_metastatic(), self.n_itc) {
            (0, 0, 0) => NodeStage::N0,
            (0, 0, _) => NodeStage::N0Isolated,
            (0, _, _) => NodeStage::N1Micro,
            (_, 1..=3, _) => NodeStage::N1,
            (_, 4..=9, _) => NodeStage::N2,
            _ => NodeStage::N3,
        }
    }
}

impl Metastasis {
    /// Whether these answers of a task are sizes of metastases, all of them.
    fn are_named_by(results: &[TaskResult]) -> bool {
        let mut labels = results
            .iter()
            .flat_map(|block| block.labels.keys())
            .peekable();
        results.iter().all(|block| block.call == CaseCall::ByClass)
            && labels.peek().is_some()
            && labels.all(|label| Self::named(label).is_some())
    }

    /// The largest in a block; unknown where a slide without an answer may hold a larger one.
    fn largest(block: &TaskResult) -> Option<Self> {
        let sizes = block.labels.keys().filter_map(|label| Self::named(label));
        let is_whole = block.abstaining.is_empty() && block.without.is_empty();
        sizes.max().filter(|size| is_whole || *size == Self::Macro)
    }

    fn named(label: &str) -> Option<Self> {
        match label {
            "negative" => Some(Self::None),
            "itc" => Some(Self::IsolatedCells),
            "micro" => Some(Self::Micro),
            "macro" => Some(Self::Macro),
            _ => None,
        }
    }
}

fn n_called(results: &[TaskResult], call: CaseCall) -> usize {
    results.iter().filter(|one| one.call == call).count()
}
