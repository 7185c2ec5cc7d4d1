{{/*
Names and labels. Those below take a part: a dict with `root` (the chart's own context) and `part`
(its name, the key of its values).
*/}}

{{- define "coverslip.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{- define "coverslip.partName" -}}
{{ include "coverslip.fullname" .root }}-{{ .part }}
{{- end }}

{{/* What never changes in the life of a release: selectors cannot be changed. */}}
{{- define "coverslip.releaseLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "coverslip.selector" -}}
{{ include "coverslip.releaseLabels" .root }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{/* Without the chart's own version: a new chart alone replaces no pod. */}}
{{- define "coverslip.podLabels" -}}
{{ include "coverslip.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
{{- end }}

{{- define "coverslip.labels" -}}
{{ include "coverslip.podLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* How every object of a part begins. */}}
{{- define "coverslip.metadata" -}}
name: {{ include "coverslip.partName" . }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "coverslip.labels" . | nindent 2 }}
{{- end }}

{{- define "coverslip.image" -}}
{{- $image := .root.Values.image -}}
{{- $tag := default .root.Chart.AppVersion $image.tag -}}
{{- if gt (int (.values.gpus | default 0)) 0 -}}
{{ $image.repository }}:{{ default (printf "%s-cuda" $tag) $image.cudaTag }}
{{- else -}}
{{ $image.repository }}:{{ $tag }}
{{- end -}}
{{- end }}
