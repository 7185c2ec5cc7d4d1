//! Devices that fail, and what becomes of the batches they had.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use candle_core::Error;

use super::lane::{Compute, Lane};
use super::pool::Pool;
use crate::EncoderError;

const TIME_LIMIT: Duration = Duration::from_secs(20);

fn lane(name: &str, compute: Compute) -> Lane {
    Lane::new(name.to_owned(), (4, 1), compute)
}

fn doubled(images: &[u8]) -> Vec<f32> {
    images.iter().map(|byte| f32::from(*byte) * 2.0).collect()
}

/// Works for so many batches, and then no more.
fn failing_after(mut n_batches: usize) -> Compute {
    Box::new(move |images| {
        if n_batches == 0 {
            return Err(Error::msg("it fell off the bus"));
        }
        n_batches -= 1;
        thread::sleep(Duration::from_millis(1));
        Ok(doubled(images))
    })
}

fn working() -> Compute {
    failing_after(usize::MAX)
}

fn panicking() -> Compute {
    Box::new(|_| panic!("a bug"))
}

/// Hands over `n_batches` from as many threads and asks for each to be right.
fn embeds_all(pool: &Pool, n_batches: u8) {
    thread::scope(|scope| {
        let batches = (0..n_batches).map(|number| {
            let images = vec![number, number + 1, 7];
            scope.spawn(move || {
                let expected = doubled(&images);
                assert_eq!(pool.embed(images).expect("a device is left"), expected);
            })
        });
        for batch in batches.collect::<Vec<_>>() {
            batch.join().expect("the batch is right");
        }
    });
}

#[test]
fn devices_compute_side_by_side() -> Result<(), EncoderError> {
    // None of them ends before all three have begun.
    let barrier = Arc::new(Barrier::new(3));
    let lanes = (0..3).map(|number| {
        let barrier = Arc::clone(&barrier);
        let compute = move |images: &[u8]| {
            barrier.wait();
            Ok(doubled(images))
        };
        lane(&number.to_string(), Box::new(compute))
    });
    let pool = Pool::start(lanes.collect())?;
    embeds_all(&pool, 3);
    assert_eq!((pool.n_devices(), pool.lost().len()), (3, 0));
    Ok(())
}

#[test]
fn a_failed_device_hands_its_batch_to_the_others() -> Result<(), EncoderError> {
    for good_batches in [0, 1, 5] {
        let pool = Pool::start(vec![
            lane("a", failing_after(good_batches)),
            lane("b", working()),
            lane("c", panicking()),
        ])?;
        // Until both have met their end, which depends on who takes which batch.
        let began = Instant::now();
        while pool.lost().len() < 2 {
            assert!(began.elapsed() < TIME_LIMIT, "{good_batches}: {pool:?}");
            embeds_all(&pool, 40);
        }
        embeds_all(&pool, 40);
        let lost = pool.lost();
        let names: BTreeSet<_> = lost.iter().map(|lost| lost.name.as_str()).collect();
        assert_eq!(names, BTreeSet::from(["a", "c"]));
        let causes: Vec<_> = lost.iter().map(|lost| lost.cause.to_string()).collect();
        for said in ["fell off the bus", "panicked"] {
            assert!(causes.iter().any(|cause| cause.contains(said)), "{said}");
        }
    }
    Ok(())
}

#[test]
fn without_a_device_every_batch_fails_and_none_waits() -> Result<(), EncoderError> {
    let started = Pool::start(vec![
        lane("a", failing_after(3)),
        lane("b", failing_after(2)),
    ])?;
    let pool = &started;
    let answers = thread::scope(|scope| {
        let batches = (0..30).map(|number| scope.spawn(move || pool.embed(vec![number])));
        let batches: Vec<_> = batches.collect();
        let answers = batches.into_iter().map(|b| b.join().expect("no panic"));
        answers.collect::<Vec<_>>()
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
    let error = pool.embed(vec![1]).expect_err("none is left");
    assert!(matches!(error, EncoderError::DevicesLost { .. }));
    assert!(error.to_string().contains("start it again"), "{error}");
    assert_eq!(pool.lost().len(), 2);
    Ok(())
}
