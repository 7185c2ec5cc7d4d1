use std::path::Path;
fn cpu() -> f64 {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    (f[11..15]
        .iter()
        .map(|v| v.parse::<f64>().unwrap())
        .sum::<f64>())
        / 100.0
}
fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args[1] == "decode-child" {
        slide::decode_child::serve(std::io::stdin(), std::io::stdout()).unwrap();
        return;
    }
    let command = slide::DecoderCommand {
        program: std::env::current_exe().unwrap(),
        arguments: vec!["decode-child".into()],
    };
    let slide = slide::open(Path::new(&args[1]), &command).unwrap();
    println!(
        "{:?} {:?} {:?}",
        slide.facts().format,
        slide.facts().mpp,
        slide.origin()
    );
    let out = Path::new(&args[2]);
    let _ = std::fs::remove_dir_all(out);
    std::fs::create_dir_all(out).unwrap();
    let mpp = slide.facts().mpp.unwrap_or(flow::Mpp::new(0.5).unwrap());
    let plan = pyramid::PyramidPlan {
        slide: flow::SlideId::from_digest(&flow::Sha256Digest::of(args[1].as_bytes())),
        mpp,
        jpeg_quality: 85,
    };
    let (c, t) = (cpu(), std::time::Instant::now());
    let built = pyramid::build(&slide, &plan, out, &|_| {}).unwrap();
    let (c, t) = (cpu() - c, t.elapsed().as_secs_f64());
    let n: u64 = built.levels.iter().map(|l| l.n_frames).sum();
    let bytes: u64 = built.levels.iter().map(|l| l.bytes).sum();
    for l in &built.levels {
        println!(
            "  {} {} {:?} {} frames {} bytes",
            l.level, l.grid.level, l.origin, l.n_frames, l.bytes
        );
    }
    drop(slide);
    let rss = std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap()
        .to_owned();
    println!(
        "{n} tiles, {} MB: {c:.2} CPU-s (with children {:.2}), {t:.2} s, {:.0} tiles per CPU-s, {rss}",
        bytes / 1000000,
        cpu(),
        n as f64 / c
    );
}
