use crate::build::testing::*;
use flow::*;
use std::time::Instant;
fn cpu() -> f64 {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0
}
#[tokio::test]
async fn measure() {
    let grid = crate::fixture::grid(20480, 20480, 256);
    let root = tempfile::tempdir_in("/tmp/bench").unwrap();
    let store = store::Store::local(&root.path().join("objects")).unwrap();
    let dir = store.scratch().unwrap();
    let t = cpu();
    let mut w = crate::dicom::InstanceWriter::create(
        &dir.path().join("l0.dcm"),
        crate::fixture::facts(0, grid).unwrap(),
    )
    .unwrap();
    for tile in grid.tiles() {
        w.append(
            &std::fs::read(format!(
                "/tmp/bench/dzf_files/0/{}_{}.jpeg",
                tile.column, tile.row
            ))
            .unwrap(),
        )
        .unwrap();
    }
    println!("appended {:.3}", cpu() - t);
    let l0 = w.finish().unwrap();
    println!(
        "copied level 0 {} MB: {:.3} cpu s",
        l0.bytes / 1000000,
        cpu() - t
    );
    let t = cpu();
    let l1 = halve_for_test(&l0, dir.path());
    println!("halved to 1600 tiles: {:.3} cpu s", cpu() - t);
    let index = PyramidIndex {
        levels: vec![l0.level_frames().unwrap(), l1.level_frames().unwrap()],
    };
    for l in [&l0, &l1] {
        store
            .put_file(
                &ObjectKey::PyramidLevel(crate::fixture::slide(), l.facts.level),
                &l.path,
            )
            .await
            .unwrap();
    }
    let reader = crate::PyramidReader::from_index(
        store,
        crate::fixture::slide(),
        Mpp::new(0.5).unwrap(),
        index,
    );
    for mpp in [0.5, 0.74, 1.0] {
        let n = 1200;
        let mut best = (f64::MAX, 0.0);
        let c0 = cpu();
        for _ in 0..3 {
            let side = 256.0 * mpp;
            let (t, mut fetch) = (Instant::now(), 0.0);
            for r in 0..n {
                let x = (r as f64 * 1979.84) % (10240.0 - side);
                let y = (r as f64 * 1182.43) % (10240.0 - side);
                let f0 = Instant::now();
                let f = reader
                    .fetch(
                        Mpp::new(mpp).unwrap(),
                        MicrometreRect::square(x, y, side),
                        PixelSize::new(256, 256),
                    )
                    .await
                    .unwrap();
                fetch += f0.elapsed().as_secs_f64();
                f.render().unwrap();
            }
            let e = t.elapsed().as_secs_f64();
            if e < best.0 {
                best = (e, fetch);
            }
        }
        println!(
            "CPU per region {:.0} us",
            (cpu() - c0) / 3.0 / n as f64 * 1e6
        );
        println!(
            "mpp {mpp}: {:.0}/s wall, fetch {:.1} us each, all {:.1} us",
            n as f64 / best.0,
            best.1 / n as f64 * 1e6,
            best.0 / n as f64 * 1e6
        );
    }
}
