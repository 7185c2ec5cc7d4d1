-- What becomes of a slide's label and macro when it is tiled: kept or removed. Set once, as the slide comes in.
ALTER TABLE slides ADD COLUMN patient_pictures TEXT NOT NULL DEFAULT 'kept';

-- The view names the columns that there were when it was made.
DROP VIEW slide_rows;

CREATE VIEW slide_rows AS
SELECT
    slides.*,
    slide_progress.stage AS progress_stage,
    slide_progress.done AS progress_done,
    slide_progress.total AS progress_total,
    slide_timings.stage AS timing_stage,
    slide_timings.wall_s AS timing_wall_s,
    slide_timings.busy_s AS timing_busy_s,
    slide_cases.case_id AS case_id,
    slide_cases.part AS part,
    slide_cases.block AS block,
    slide_cases.stain AS stain
FROM slides
LEFT JOIN slide_progress ON slide_progress.slide = slides.id
LEFT JOIN slide_timings ON slide_timings.slide = slides.id
LEFT JOIN slide_cases ON slide_cases.slide = slides.id;
