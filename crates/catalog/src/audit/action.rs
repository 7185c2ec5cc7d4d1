/// What can be done that must be on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    /// The detail says with which roles, and by which subject of which provider if it was by one.
    LoggedIn,
    LoggedOut,
    /// A link by which somebody may log in; the detail says who, and with which roles.
    LoginLinkMade,
    TokenAdded,
    TokenRemoved,
    SlideReceived,
    /// Label and macro of a slide were removed on request; the detail says which pictures it had, and has
    /// the codes of the methods.
    LabelRemoved,
    /// A DICOM instance that is no slide came; the detail says of what kind, and its sha256.
    InstanceKept,
    /// Somebody saw slides with what may name a patient, their file names or cases; the detail has
    /// their ids.
    SlidesSeen,
    /// An mpp was given by hand; the detail says which.
    MppGiven,
    /// What is known of the slide's patient or case was given; the detail names it without its
    /// values.
    CovariatesGiven,
    CovariatesSeen,
    AnalysisStopped,
    AnalysisResumed,
    /// What was given up is tried once more; the detail names the step.
    AnalysisRetried,
    /// A task's result was stored, the first or another in its place; the detail names the task.
    ResultRecorded,
    ResultsSeen,
    /// Somebody looked for places like one of a slide; the detail says where, and of which slides
    /// they saw places.
    SimilarSought,
    /// Somebody looked at a picture that may show the patient's name.
    PatientImageSeen,
    OrderPlaced,
    /// Somebody read orders, which name patients; the detail has their cases.
    OrdersSeen,
    /// Somebody read cases, which name patients; the detail says which.
    CaseSeen,
    CaseAssigned,
    /// The detail names the case, and the one it was in before.
    SlidePutInCase,
    /// A person said which slide it is, where label, scanner and laboratory did not agree; the detail
    /// names the case, the one it was in before, and the revision that has the words.
    IdentityCorrected,
    /// Somebody read what tells which slides they are, which names patients; the detail has their
    /// ids.
    IdentitiesSeen,
    /// The detail says how, without the words.
    SlideReviewed,
    ReviewsSeen,
    CaseSigned,
    AnnotationSaved,
    AnnotationRemoved,
    AnnotationsSeen,
    /// Somebody had a report made, which names a patient.
    ReportMade,
    /// Reviews became training labels.
    LabelsExported,
    /// A task came into service; the detail names it.
    TaskAdded,
    TaskRemoved,
    /// A model was registered, or taken in because it was in service; the detail names it and says with
    /// which criteria.
    ModelRegistered,
    /// An evaluation of a model was stored; the detail has the sha256 of what it says.
    ModelEvaluated,
    /// A model is in another state; the detail says which, and by what.
    ModelChanged,
    /// What a task in shadow says of a slide was stored, which nobody is shown as a result.
    ShadowRecorded,
    /// Somebody saw what a task in shadow says of slides; the detail names it.
    ShadowSeen,
    /// The slides a model was accepted on were stored; the detail has the sha256 of what it says.
    ModelReferenceStored,
    /// Something about a model is not as it was; the detail names the model, the kind and the week.
    ModelAlertOpened,
    /// Somebody saw an alert for the first time.
    ModelAlertSeen,
    ModelAlertClosed,
    /// Another system is told of what happens from now on; the detail names the webhook and what it
    /// is told of, not where it is.
    WebhookAdded,
    WebhookRemoved,
    /// A webhook has a new secret.
    WebhookRotated,
    /// A webhook was switched on or off; the detail says which.
    WebhookSwitched,
    /// A message is sent once more.
    WebhookReplayed,
    /// A message of the laboratory's system was answered; the detail has the start of its sha256 and
    /// how many orders it placed.
    MessageAnswered,
    /// Results that name a patient are sent to the laboratory's system; the detail has the message, the
    /// case and the version.
    ResultsSent,
    /// Such a message is sent once more.
    ResultsReplayed,
    /// The audit trail itself was read.
    AuditExported,
}

impl AuditAction {
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoggedIn => "logged_in",
            Self::LoggedOut => "logged_out",
            Self::LoginLinkMade => "login_link_made",
            Self::TokenAdded => "token_added",
            Self::TokenRemoved => "token_removed",
            Self::SlideReceived => "slide_received",
            Self::LabelRemoved => "label_removed",
            Self::InstanceKept => "instance_kept",
            Self::SlidesSeen => "slides_seen",
            Self::MppGiven => "mpp_given",
            Self::CovariatesGiven => "covariates_given",
            Self::CovariatesSeen => "covariates_seen",
            Self::AnalysisStopped => "analysis_stopped",
            Self::AnalysisResumed => "analysis_resumed",
            Self::AnalysisRetried => "analysis_retried",
            Self::ResultRecorded => "result_recorded",
            Self::ResultsSeen => "results_seen",
            Self::SimilarSought => "similar_sought",
            Self::PatientImageSeen => "patient_image_seen",
            Self::OrderPlaced => "order_placed",
            Self::OrdersSeen => "orders_seen",
            Self::CaseSeen => "case_seen",
            Self::CaseAssigned => "case_assigned",
            Self::SlidePutInCase => "slide_put_in_case",
            Self::IdentityCorrected => "identity_corrected",
            Self::IdentitiesSeen => "identities_seen",
            Self::SlideReviewed => "slide_reviewed",
            Self::ReviewsSeen => "reviews_seen",
            Self::CaseSigned => "case_signed",
            Self::AnnotationSaved => "annotation_saved",
            Self::AnnotationRemoved => "annotation_removed",
            Self::AnnotationsSeen => "annotations_seen",
            Self::ReportMade => "report_made",
            Self::LabelsExported => "labels_exported",
            Self::TaskAdded => "task_added",
            Self::TaskRemoved => "task_removed",
            Self::ModelRegistered => "model_registered",
            Self::ModelEvaluated => "model_evaluated",
            Self::ModelChanged => "model_changed",
            Self::ShadowRecorded => "shadow_recorded",
            Self::ShadowSeen => "shadow_seen",
            Self::ModelReferenceStored => "model_reference_stored",
            Self::ModelAlertOpened => "model_alert_opened",
            Self::ModelAlertSeen => "model_alert_seen",
            Self::ModelAlertClosed => "model_alert_closed",
            Self::WebhookAdded => "webhook_added",
            Self::WebhookRemoved => "webhook_removed",
            Self::WebhookRotated => "webhook_rotated",
            Self::WebhookSwitched => "webhook_switched",
            Self::WebhookReplayed => "webhook_replayed",
            Self::MessageAnswered => "message_answered",
            Self::ResultsSent => "results_sent",
            Self::ResultsReplayed => "results_replayed",
            Self::AuditExported => "audit_exported",
        }
    }
}
