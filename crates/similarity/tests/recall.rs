//! What the approximate index finds of what comparing with every vector finds.

use std::collections::BTreeSet;
use std::time::Instant;

use coverslip_similarity::{ApproximateIndex, Direction, SimilarityError, UnitVectors};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LEAST_RECALL: f64 = 0.95;
const N_NEAREST: usize = 10;
const N_QUERIES: usize = 40;
/// The same each time: of a single index less may be found, and chance must not fail the test.
const N_CASES: u64 = 12;

/// Embeddings lie in clusters, as tiles of one kind of tissue do: around each centre, all directions
/// alike. `of` says which vector is of which cluster.
fn clustered(random: &mut impl Rng, dimension: usize, n_clusters: usize, of: &[usize]) -> Vec<f32> {
    let mut place = |spread: f32| -> Vec<f32> {
        let values = 0..dimension;
        values
            .map(|_| spread * random.random_range(-1.0_f32..1.0))
            .collect()
    };
    let centres: Vec<Vec<f32>> = (0..n_clusters).map(|_| place(1.0)).collect();
    let vector = |cluster: &usize| {
        let around = place(0.4);
        let centre = &centres[*cluster];
        centre
            .iter()
            .zip(around)
            .map(|(a, b)| a + b)
            .collect::<Vec<_>>()
    };
    of.iter().flat_map(vector).collect()
}

/// Of clusters in turns, as many of each.
fn of_kinds(random: &mut impl Rng, dimension: usize, n_clusters: usize, n: usize) -> UnitVectors {
    let of: Vec<usize> = (0..n).map(|number| number % n_clusters).collect();
    let values = clustered(random, dimension, n_clusters, &of);
    UnitVectors::scaled(dimension, values).expect("vectors")
}

/// Regions of two tiles of one kind, of [`of_kinds`]: no query is a vector of the index.
fn regions(random: &mut impl Rng, n_clusters: usize, n: usize) -> Vec<[usize; 2]> {
    (0..N_QUERIES)
        .map(|_| random.random_range(0..n))
        .map(|tile| [tile, (tile + n_clusters) % n])
        .collect()
}

/// The exact ones.
fn nearest(vectors: &UnitVectors, direction: &Direction) -> Result<Vec<usize>, SimilarityError> {
    let similarities = vectors.similarities(direction)?;
    let mut order: Vec<usize> = (0..vectors.len()).collect();
    order.sort_by(|a, b| similarities[*b].total_cmp(&similarities[*a]));
    order.truncate(N_NEAREST);
    Ok(order)
}

fn recall(
    vectors: &UnitVectors,
    index: &ApproximateIndex,
    queries: &[[usize; 2]],
) -> Result<f64, SimilarityError> {
    let mut n_found = 0;
    for query in queries {
        let direction = Direction::mean(vectors, *query)?;
        let exact = nearest(vectors, &direction)?;
        let found = index.nearest(&direction, N_NEAREST)?;
        n_found += found
            .iter()
            .filter(|neighbour| exact.contains(&neighbour.position))
            .count();
    }
    Ok(n_found as f64 / (queries.len() * N_NEAREST) as f64)
}

fn indexed(vectors: &UnitVectors) -> Result<ApproximateIndex, SimilarityError> {
    let mut index = ApproximateIndex::new(vectors.dimension(), vectors.len());
    for vector in vectors.iter() {
        index.add(vector)?;
    }
    let unreached = index.unreached();
    index.compare_always(unreached);
    Ok(index)
}

#[test]
fn nineteen_of_twenty_of_the_ten_nearest_are_found() {
    let recalls = (0..N_CASES).map(|case| {
        let mut random = ChaCha8Rng::seed_from_u64(case);
        let (dimension, n) = (random.random_range(16..96), random.random_range(200..2_500));
        let n_clusters = random.random_range(1..40);
        let vectors = of_kinds(&mut random, dimension, n_clusters, n);
        let index = indexed(&vectors).expect("an index");
        assert_eq!(index.len(), n);
        let queries = regions(&mut random, n_clusters, n);
        recall(&vectors, &index, &queries).expect("a recall")
    });
    let recall = recalls.sum::<f64>() / N_CASES as f64;
    assert!(recall >= LEAST_RECALL, "{recall}");
}

/// As much as the server keeps in its 512 MiB, of a ViT-S: minutes, so `make conformance` runs it.
#[test]
#[ignore = "takes minutes"]
fn so_are_they_where_the_index_is_full() {
    const DIMENSION: usize = 384;
    const N_CLUSTERS: usize = 100;
    let n = ApproximateIndex::capacity(DIMENSION, 512 << 20);
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let vectors = of_kinds(&mut random, DIMENSION, N_CLUSTERS, n);
    let begun = Instant::now();
    let index = indexed(&vectors).expect("an index");
    let built = begun.elapsed();
    let queries = regions(&mut random, N_CLUSTERS, n);
    let (asked, compared) = times_a_query(&vectors, &index, &queries);
    let recall = recall(&vectors, &index, &queries).expect("a recall");
    println!(
        "{n} vectors of {DIMENSION} values: made in {:.0} s; the {N_NEAREST} nearest in {asked:.2} ms, by comparing with \
         every one in {compared:.0} ms; {:.1} % of them found",
        built.as_secs_f64(),
        recall * 100.0
    );
    assert!(recall >= LEAST_RECALL, "{recall}");
}

/// Milliseconds: of the index, and of comparing with every vector.
fn times_a_query(
    vectors: &UnitVectors,
    index: &ApproximateIndex,
    queries: &[[usize; 2]],
) -> (f64, f64) {
    let directions: Vec<Direction> = queries
        .iter()
        .map(|query| Direction::mean(vectors, *query).expect("a direction"))
        .collect();
    let time = |ask: &dyn Fn(&Direction) -> usize| {
        let begun = Instant::now();
        let n_found: usize = directions.iter().map(ask).sum();
        assert_eq!(n_found, directions.len() * N_NEAREST);
        begun.elapsed().as_secs_f64() * 1e3 / directions.len() as f64
    };
    (
        time(&|direction| {
            index
                .nearest(direction, N_NEAREST)
                .expect("neighbours")
                .len()
        }),
        time(&|direction| nearest(vectors, direction).expect("neighbours").len()),
    )
}

/// What is rare is what people look for: a few vectors among thousands of another kind.
#[test]
fn so_are_those_of_what_is_rare() {
    let (mut n_found, mut n_rare) = (0, 0);
    for case in 0..N_CASES {
        let mut random = ChaCha8Rng::seed_from_u64(case);
        let (dimension, n) = (random.random_range(16..96), random.random_range(500..2_500));
        let rare: BTreeSet<usize> = (0..random.random_range(1..12))
            .map(|_| random.random_range(0..n))
            .collect();
        let of: Vec<usize> = (0..n)
            .map(|number| usize::from(rare.contains(&number)))
            .collect();
        let values = clustered(&mut random, dimension, 2, &of);
        let vectors = UnitVectors::scaled(dimension, values).expect("vectors");
        let index = indexed(&vectors).expect("an index");
        for query in &rare {
            let direction = Direction::mean(&vectors, [*query]).expect("a direction");
            let found = index.nearest(&direction, rare.len()).expect("neighbours");
            let found: BTreeSet<usize> = found.iter().map(|neighbour| neighbour.position).collect();
            assert!(
                found.contains(query),
                "case {case}: {query} does not find itself"
            );
            n_found += found.intersection(&rare).count();
            n_rare += rare.len();
        }
    }
    let recall = n_found as f64 / n_rare as f64;
    assert!(recall >= LEAST_RECALL, "{recall} of {n_rare}");
}

#[test]
fn a_neighbour_says_its_cosine_and_which_it_is() -> Result<(), SimilarityError> {
    let vectors = UnitVectors::scaled(2, vec![1.0, 0.0, 0.6, 0.8, 0.0, -1.0, 0.0, 0.0])?;
    let index = indexed(&vectors)?;
    let found = index.nearest(&Direction::of(vec![2.0, 0.0])?, 2)?;
    let positions: Vec<usize> = found.iter().map(|neighbour| neighbour.position).collect();
    assert_eq!(positions, [0, 1]);
    assert!((found[0].similarity - 1.0).abs() < 1e-6 && (found[1].similarity - 0.6).abs() < 1e-6);
    Ok(())
}

#[test]
fn the_same_vectors_make_the_same_index() -> Result<(), SimilarityError> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let vectors = of_kinds(&mut random, 24, 5, 600);
    let (one, other) = (indexed(&vectors)?, indexed(&vectors)?);
    for query in [0, 100, 599] {
        let direction = Direction::mean(&vectors, [query])?;
        assert_eq!(one.nearest(&direction, 50)?, other.nearest(&direction, 50)?);
    }
    Ok(())
}

#[test]
fn an_empty_index_and_another_dimension_are_no_reason_to_panic() -> Result<(), SimilarityError> {
    let mut index = ApproximateIndex::new(3, 10);
    let direction = Direction::of(vec![1.0, 0.0, 0.0])?;
    let unreached = index.unreached();
    index.compare_always(unreached);
    assert_eq!(index.nearest(&direction, 5)?, []);
    let expected = SimilarityError::Dimension {
        found: 2,
        expected: 3,
    };
    assert_eq!(index.add(&[1.0, 0.0]), Err(expected));
    // One has many times the bytes of the other.
    assert!(ApproximateIndex::capacity(8, 1 << 20) > ApproximateIndex::capacity(4096, 1 << 20));
    Ok(())
}
