{{/*
The Deployment of a part. Takes beside `root` and `part`:
  values       the part's own values
  arguments    the command line, as a list
  kind         `serves`: answers requests; `works`: takes messages
  environment  YAML list, appended to the one that all parts share
  hears        `hl7` where orders come by HL7 too
  claims       name -> {existingClaim, subPath}: volumes to read, mounted at /name
  secrets      name -> a Secret's name, or none: its keys as files, mounted at /name
*/}}
{{- define "coverslip.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "coverslip.metadata" . | nindent 2 }}
spec:
  {{- if not (dig "autoscaling" "enabled" false .values) }}
  replicas: {{ .values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  minReadySeconds: 5
  # An encoder of gigabytes and a GPU image take their time.
  progressDeadlineSeconds: {{ add 900 (.values.startupSeconds | default 60) }}
  strategy:
    type: RollingUpdate
    {{- include (printf "coverslip.%sStrategy" .kind) . | nindent 4 }}
  selector:
    matchLabels:
      {{- include "coverslip.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "coverslip.podLabels" . | nindent 8 }}
      annotations:
        {{- include "coverslip.podAnnotations" . | nindent 8 }}
    spec:
      {{- include "coverslip.podSpec" . | nindent 6 }}
{{- end }}

{{/* As many as before answer at any time. */}}
{{- define "coverslip.servesStrategy" -}}
rollingUpdate:
  maxSurge: 25%
  maxUnavailable: 0
{{- end }}

{{/* Work waits without harm, and there may be no spare processors or GPUs. */}}
{{- define "coverslip.worksStrategy" -}}
rollingUpdate:
  maxSurge: 0
  maxUnavailable: 25%
{{- end }}

{{- define "coverslip.podSpec" -}}
serviceAccountName: {{ include "coverslip.fullname" .root }}
{{ include "coverslip.podCommon" . }}
{{- with .values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
containers:
  - name: coverslip
    image: {{ include "coverslip.image" . }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args:
      {{- toYaml .arguments | nindent 6 }}
      {{- with trim (default "" .moreArguments) }}
      {{- . | nindent 6 }}
      {{- end }}
    env:
      {{- include "coverslip.stateEnvironment" .root | nindent 6 }}
      {{- if eq .kind "serves" }}
      {{- include "coverslip.accessEnvironment" .root | nindent 6 }}
      {{- end }}
      {{- with .environment }}
      {{- . | nindent 6 }}
      {{- end }}
    ports:
      - {name: http, containerPort: 8080, protocol: TCP}
      {{- if .hears }}
      - {name: hl7, containerPort: 2575, protocol: TCP}
      {{- end }}
    {{- include "coverslip.probes" . | nindent 4 }}
    {{- if eq .kind "serves" }}
    {{- include "coverslip.lastRequests" . | nindent 4 }}
    {{- end }}
    resources:
      {{- include "coverslip.resources" . | nindent 6 }}
    securityContext:
      {{- include "coverslip.containerSecurity" . | nindent 6 }}
    volumeMounts:
      - name: scratch
        mountPath: /data
      {{- with include "coverslip.trustMount" .root }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if eq .part "cases" }}
      {{- with trim (include "coverslip.hl7Mounts" .root) }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- end }}
      {{- with trim (include "coverslip.claimMounts" .claims) }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with trim (include "coverslip.secretMounts" .secrets) }}
      {{- . | nindent 6 }}
      {{- end }}
volumes:
  {{- include "coverslip.scratchVolume" .values.scratch | nindent 2 }}
  {{- with include "coverslip.trustVolume" .root }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if eq .part "cases" }}
  {{- with trim (include "coverslip.hl7Volumes" .root) }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- end }}
  {{- with trim (include "coverslip.claimVolumes" .claims) }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with trim (include "coverslip.secretVolumes" .secrets) }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* Requests go on coming for a moment after a pod was told to stop: it listens on until they have
ceased. */}}
{{- define "coverslip.lastRequests" -}}
lifecycle:
  preStop:
    sleep:
      seconds: 10
{{- end }}

{{/* Scratch is no reason to keep a node: what lies there belongs to work that is handed back. */}}
{{- define "coverslip.podAnnotations" -}}
cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes: scratch
{{- with .values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "coverslip.resources" -}}
requests:
  {{- toYaml .values.resources.requests | nindent 2 }}
  {{- if not .values.scratch.storageClassName }}
  ephemeral-storage: {{ .values.scratch.size }}
  {{- end }}
limits:
  {{- toYaml .values.resources.limits | nindent 2 }}
  {{- if gt (int (.values.gpus | default 0)) 0 }}
  {{ .values.gpuResource }}: {{ .values.gpus }}
  {{- end }}
{{- end }}

{{/* What all pods have in common, the front's too. Told to stop, a pod that serves waits ten
seconds, answers for ten more and settles for five; a worker hands its message back at once and
ends with the batch at hand. */}}
{{- define "coverslip.podCommon" -}}
automountServiceAccountToken: false
# A Service of ours would become variables named like Coverslip's own.
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .graceSeconds | default 60 }}
securityContext:
  {{- include "coverslip.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    # Of one revision, or the old pods would push the new ones aside.
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "coverslip.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}
