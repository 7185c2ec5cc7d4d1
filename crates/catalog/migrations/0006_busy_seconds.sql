-- Of a stage's time, that in which it computed; the rest it waited for its input.
ALTER TABLE slide_timings ADD COLUMN busy_s DOUBLE PRECISION;

DROP VIEW slide_rows;

CREATE VIEW slide_rows AS
SELECT
    slides.*,
    slide_progress.stage AS progress_stage,
    slide_progress.done AS progress_done,
    slide_progress.total AS progress_total,
    slide_timings.stage AS timing_stage,
    slide_timings.wall_s AS timing_wall_s,
    slide_timings.busy_s AS timing_busy_s
FROM slides
LEFT JOIN slide_progress ON slide_progress.slide = slides.id
LEFT JOIN slide_timings ON slide_timings.slide = slides.id;
