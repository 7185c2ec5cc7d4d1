{{/*
Who may talk to whom. `default-deny.yaml` forbids everything; each part's policy allows what it needs.
*/}}

{{/* A policy's egress to peers (anywhere if there are none) on one TCP port. */}}
{{- define "coverslip.egressTo" -}}
- ports:
    - {port: {{ .port }}, protocol: TCP}
  {{- with .peers }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "coverslip.egressToNames" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
  to:
    {{- toYaml .Values.networkPolicy.dnsPeers | nindent 4 }}
{{- end }}

{{- define "coverslip.stateEgress" -}}
{{ include "coverslip.egressToNames" . }}
{{ include "coverslip.egressTo" .Values.postgresql }}
{{ include "coverslip.egressTo" .Values.redis }}
{{ include "coverslip.egressTo" .Values.s3 }}
{{- if .Values.traces.endpoint }}
{{ include "coverslip.egressTo" .Values.traces }}
{{- end }}
{{- with .Values.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The policy of one of the five parts: parts that serve hear the front, all hear Prometheus. */}}
{{- define "coverslip.networkPolicy" -}}
{{- if .root.Values.networkPolicy.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "coverslip.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "coverslip.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if eq .kind "serves" }}
    - ports:
        - {port: http, protocol: TCP}
      from:
        - podSelector:
            matchLabels:
              {{- include "coverslip.selector" (dict "root" .root "part" "front") | nindent 14 }}
    {{- end }}
    {{- if .hears }}
    - ports:
        - {port: hl7, protocol: TCP}
      {{- with .root.Values.hl7.orderPeers }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- with .root.Values.networkPolicy.monitoringPeers }}
    - ports:
        - {port: http, protocol: TCP}
      from:
        {{- toYaml . | nindent 8 }}
    {{- end }}
    {{- if not (or (eq .kind "serves") .root.Values.networkPolicy.monitoringPeers) }} []{{ end }}
  egress:
    {{- include "coverslip.stateEgress" .root | nindent 4 }}
    {{- if and (eq .kind "serves") .root.Values.oidc.issuer }}
    {{- include "coverslip.egressTo" .root.Values.oidc | nindent 4 }}
    {{- end }}
    {{- if and (eq .part "cases") .root.Values.hl7.send }}
    {{- include "coverslip.egressTo" .root.Values.hl7 | nindent 4 }}
    {{- end }}
{{- end }}
{{- end }}
