use super::running_mean::RunningMean;
use super::sub_bags::{Growing, HeadScore, SubBags, remaining};
use crate::MilError;
use crate::head::DsmilTerms;

/// A bag under a DSMIL head.
///
/// While the critical instances stay, the head pools by shares, and leaving an instance out is exact
/// in the closed form; where a critical one goes, the next takes its place and the sums are made anew.
pub(super) struct DsmilBag {
    query_width: usize,
    n_classes: usize,
    /// `query_width` values an instance.
    queries: Vec<f32>,
    /// `n_classes` values an instance.
    instance_logits: Vec<f32>,
    /// Of each instance, through each map, to each logit.
    contributions: Vec<f32>,
    /// One a class.
    bias: Vec<f32>,
    /// Of all instances, one a class.
    whole: Vec<ClassMap>,
}

/// The map of one class over a part of the bag.
#[derive(Clone, Debug)]
struct ClassMap {
    critical: Option<usize>,
    mean: RunningMean,
    /// So many of the part's instances are in the mean.
    n_counted: usize,
}

impl ClassMap {
    fn empty(n_classes: usize) -> Self {
        Self {
            critical: None,
            mean: RunningMean::empty(n_classes),
            n_counted: 0,
        }
    }
}

impl DsmilBag {
    /// Of terms that cover the bag chunk by chunk.
    pub(super) fn gather(
        bias: Vec<f32>,
        chunks: impl Iterator<Item = Result<DsmilTerms, MilError>>,
    ) -> Result<Self, MilError> {
        let mut bag = Self {
            query_width: 0,
            n_classes: 0,
            queries: Vec::new(),
            instance_logits: Vec::new(),
            contributions: Vec::new(),
            bias,
            whole: Vec::new(),
        };
        for chunk in chunks {
            let chunk = chunk?;
            bag.query_width = chunk.queries.dim(1)?;
            bag.n_classes = chunk.instance_logits.dim(1)?;
            bag.queries
                .extend(chunk.queries.flatten_all()?.to_vec1::<f32>()?);
            let logits = chunk.instance_logits.flatten_all()?.to_vec1::<f32>()?;
            bag.instance_logits.extend(logits);
            let contributions = chunk.contributions.flatten_all()?.to_vec1::<f32>()?;
            bag.contributions.extend(contributions);
        }
        let mut whole = GrowingDsmil::new(&bag);
        (0..bag.n_instances()).for_each(|instance| whole.add(instance));
        whole.count();
        bag.whole = whole.classes;
        Ok(bag)
    }

    /// Whether `instance` is critical before `other`; the earlier of two equals is.
    fn outranks(&self, class: usize, instance: usize, other: usize) -> bool {
        let logit = |instance: usize| self.instance_logits[instance * self.n_classes + class];
        (logit(instance), other) > (logit(other), instance)
    }

    /// Score and contribution of an instance in the map of a class.
    fn term(&self, class: usize, critical: usize, instance: usize) -> (f64, &[f32]) {
        let query = |instance: usize| {
            &self.queries[instance * self.query_width..(instance + 1) * self.query_width]
        };
        let products = query(instance)
            .iter()
            .zip(query(critical))
            .map(|(a, b)| a * b);
        let from = (instance * self.n_classes + class) * self.n_classes;
        let contributions = &self.contributions[from..from + self.n_classes];
        (f64::from(products.sum::<f32>()), contributions)
    }

    /// From the mean of each map.
    fn score(&self, maps: impl Iterator<Item = Vec<f64>>) -> HeadScore {
        let mut logits: Vec<f64> = self.bias.iter().copied().map(f64::from).collect();
        for mean in maps {
            for (logit, mean) in logits.iter_mut().zip(mean) {
                *logit += mean;
            }
        }
        HeadScore {
            logits,
            severity: 0.0,
        }
    }
}

impl SubBags<HeadScore> for DsmilBag {
    fn n_instances(&self) -> usize {
        self.instance_logits.len() / self.n_classes
    }

    fn without(&self, left_out: &[usize]) -> Result<HeadScore, MilError> {
        let map = |(class, map): (usize, &ClassMap)| {
            let critical = map
                .critical
                .filter(|critical| !left_out.contains(critical))?;
            let terms = left_out.iter().map(|&at| self.term(class, critical, at));
            map.mean.without(terms)
        };
        let maps: Option<Vec<Vec<f64>>> = self.whole.iter().enumerate().map(map).collect();
        match maps {
            Some(means) => Ok(self.score(means.into_iter())),
            None => self.of(&remaining(self.n_instances(), left_out)),
        }
    }

    fn grow(&self) -> Box<dyn Growing<HeadScore> + '_> {
        Box::new(GrowingDsmil::new(self))
    }
}

struct GrowingDsmil<'a> {
    bag: &'a DsmilBag,
    instances: Vec<usize>,
    classes: Vec<ClassMap>,
}

impl<'a> GrowingDsmil<'a> {
    fn new(bag: &'a DsmilBag) -> Self {
        Self {
            bag,
            instances: Vec::new(),
            classes: vec![ClassMap::empty(bag.n_classes); bag.n_classes],
        }
    }

    /// Brings every map up to date: summing waits until a score is asked for, since a new critical
    /// instance makes all sums void.
    fn count(&mut self) {
        for (class, map) in self.classes.iter_mut().enumerate() {
            let Some(critical) = map.critical else {
                continue;
            };
            for &instance in &self.instances[map.n_counted..] {
                let (score, values) = self.bag.term(class, critical, instance);
                map.mean.add(score, values);
            }
            map.n_counted = self.instances.len();
        }
    }
}

impl Growing<HeadScore> for GrowingDsmil<'_> {
    fn add(&mut self, instance: usize) {
        self.instances.push(instance);
        for (class, map) in self.classes.iter_mut().enumerate() {
            let is_first = |critical| self.bag.outranks(class, instance, critical);
            if map.critical.is_none_or(is_first) {
                *map = ClassMap {
                    critical: Some(instance),
                    ..ClassMap::empty(self.bag.n_classes)
                };
            }
        }
    }

    fn score(&mut self) -> Result<HeadScore, MilError> {
        self.count();
        Ok(self
            .bag
            .score(self.classes.iter().map(|map| map.mean.mean())))
    }
}
