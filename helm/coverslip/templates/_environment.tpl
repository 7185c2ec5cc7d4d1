{{/*
The configuration of Coverslip as environment variables. Secrets come by reference alone.
tests/cluster holds each name against what the binary knows.
*/}}

{{- define "coverslip.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}

{{/* What every part needs: how it logs, where the catalog is, or those of tenants. */}}
{{- define "coverslip.catalogEnvironment" -}}
- name: COVERSLIP_LOG
  value: {{ .Values.log.filter | quote }}
- name: COVERSLIP_LOG_FORMAT
  value: {{ .Values.log.format }}
{{ include "coverslip.secretVariable" (dict "name" "COVERSLIP_CATALOG_URL" "secret" .Values.postgresql.secretName "key" .Values.postgresql.urlKey) }}
{{- with .Values.tenants }}
- name: COVERSLIP_TENANTS
  value: {{ join "," . | quote }}
{{- end }}
{{- if .Values.trust.configMapName }}
- name: SSL_CERT_FILE
  value: /trust/ca.crt
{{- end }}
{{- end }}

{{/* What the five parts share beside. */}}
{{- define "coverslip.stateEnvironment" -}}
{{ include "coverslip.catalogEnvironment" . }}
- name: COVERSLIP_DATA
  value: /data
- name: COVERSLIP_LISTEN
  value: 0.0.0.0:8080
{{ include "coverslip.secretVariable" (dict "name" "COVERSLIP_REDIS_URL" "secret" .Values.redis.secretName "key" .Values.redis.urlKey) }}
- name: COVERSLIP_LEASE_SECONDS
  value: {{ .Values.redis.leaseSeconds | quote }}
{{ include "coverslip.storageEnvironment" .Values.s3 }}
{{- with .Values.traces.endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "coverslip.storageEnvironment" -}}
- name: COVERSLIP_S3_BUCKET
  value: {{ .bucket | quote }}
{{- with .prefix }}
- name: COVERSLIP_S3_PREFIX
  value: {{ . | quote }}
{{- end }}
{{- with .endpoint }}
- name: COVERSLIP_S3_ENDPOINT
  value: {{ . | quote }}
{{- end }}
- name: COVERSLIP_S3_REGION
  value: {{ .region | quote }}
- name: COVERSLIP_S3_ENCRYPTION
  value: {{ .encryption | quote }}
{{- if eq .access "secret" }}
{{ include "coverslip.secretVariable" (dict "name" "COVERSLIP_S3_ACCESS_KEY_ID" "secret" .secretName "key" .accessKeyIdKey) }}
{{ include "coverslip.secretVariable" (dict "name" "COVERSLIP_S3_SECRET_ACCESS_KEY" "secret" .secretName "key" .secretAccessKeyKey) }}
{{- with .sessionTokenKey }}
{{ include "coverslip.secretVariable" (dict "name" "COVERSLIP_S3_SESSION_TOKEN" "secret" $.secretName "key" .) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The same for both parts that show results: one that did not keep the rule would undo it. */}}
{{- define "coverslip.readingEnvironment" -}}
- name: COVERSLIP_FIRST_READ
  value: {{ .Values.reading.firstRead | quote }}
{{- end }}

{{/* Where what happens may be told. */}}
{{- define "coverslip.webhooksEnvironment" -}}
{{- with .Values.webhooks.allow }}
- name: COVERSLIP_WEBHOOK_ALLOW
  value: {{ join "," . | quote }}
{{- end }}
{{- end }}

{{/* `hl7` where orders are taken by HL7: from networks that were named, or from whoever shows a good
certificate. Else nothing. */}}
{{- define "coverslip.hl7Hears" -}}
{{- with .Values.hl7 -}}
{{- if or .allow (and .tlsSecretName .authoritiesConfigMapName) }}hl7{{ end -}}
{{- end -}}
{{- end }}

{{/* What leaves to the laboratory's system, and orders and results by HL7 v2. */}}
{{- define "coverslip.hl7Environment" }}
- name: COVERSLIP_RESEARCH_RESULTS
  value: {{ .Values.reading.researchResults }}
{{- with .Values.hl7.tenant }}
- name: COVERSLIP_HL7_TENANT
  value: {{ . }}
{{- end }}
{{- if include "coverslip.hl7Hears" . }}
- name: COVERSLIP_HL7_LISTEN
  value: 0.0.0.0:2575
{{- end }}
{{- with .Values.hl7 }}
{{- with .allow }}
- name: COVERSLIP_HL7_ALLOW
  value: {{ join "," . | quote }}
{{- end }}
{{- if .tlsSecretName }}
- name: COVERSLIP_HL7_CERTIFICATE_FILE
  value: /hl7-tls/tls.crt
- name: COVERSLIP_HL7_KEY_FILE
  value: /hl7-tls/tls.key
{{- end }}
{{- if .authoritiesConfigMapName }}
- name: COVERSLIP_HL7_CA_FILE
  value: /hl7-authorities/ca.crt
{{- end }}
{{- if .send }}
- name: COVERSLIP_HL7_SEND
  value: {{ .send | quote }}
- name: COVERSLIP_HL7_RECEIVER
  value: {{ .receiver | quote }}
- name: COVERSLIP_HL7_RESULTS
  value: {{ .results }}
{{- end }}
{{- end }}
{{- end }}

{{/* Who may come in, and how often: the same for all parts that serve. */}}
{{- define "coverslip.accessEnvironment" -}}
- name: COVERSLIP_TRANSPORT
  value: https
- name: COVERSLIP_MOST_FAILED_LOGINS
  value: {{ .Values.limits.failedLogins | quote }}
- name: COVERSLIP_MOST_REQUESTS
  value: {{ .Values.limits.requests | quote }}
{{- with .Values.limits.trustedProxies }}
- name: COVERSLIP_TRUSTED_PROXY
  value: {{ join "," . | quote }}
{{- end }}
{{- if .Values.oidc.issuer }}
{{ include "coverslip.oidcEnvironment" .Values.oidc }}
{{- end }}
{{- end }}

{{- define "coverslip.oidcEnvironment" -}}
- name: COVERSLIP_OIDC_ISSUER
  value: {{ .issuer | quote }}
{{- with .audience }}
- name: COVERSLIP_OIDC_AUDIENCE
  value: {{ . | quote }}
{{- end }}
- name: COVERSLIP_OIDC_ROLE_CLAIM
  value: {{ .roleClaim | quote }}
{{- with .tenantClaim }}
- name: COVERSLIP_OIDC_TENANT_CLAIM
  value: {{ . | quote }}
{{- end }}
- name: COVERSLIP_OIDC_ROLE
  value: {{ join "," .roles | quote }}
{{- if .clientId }}
- name: COVERSLIP_OIDC_CLIENT_ID
  value: {{ .clientId | quote }}
- name: COVERSLIP_PUBLIC_URL
  value: {{ .publicUrl | quote }}
{{- with .scopes }}
- name: COVERSLIP_OIDC_SCOPE
  value: {{ join "," . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* For the part alone that people sign in at. */}}
{{- define "coverslip.signInEnvironment" -}}
{{- with .Values.oidc }}
{{- if and .issuer .clientId .secretName }}
{{ include "coverslip.secretVariable" (dict "name" "COVERSLIP_OIDC_CLIENT_SECRET" "secret" .secretName "key" .secretKey) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The same for both workers: a task reads the bags of one encoder in one precision. */}}
{{- define "coverslip.encoderEnvironment" -}}
- name: COVERSLIP_PRECISION
  value: {{ .Values.encoder.precision }}
{{- if .Values.encoder.existingClaim }}
- name: COVERSLIP_ENCODER
  value: /encoder
{{- end }}
{{- end }}

{{/* A pod sees no GPUs but its own, so it takes all it sees. */}}
{{- define "coverslip.deviceEnvironment" -}}
{{- if gt (int .Values.embed.gpus) 0 }}
- name: COVERSLIP_DEVICE
  value: cuda
{{- end }}
{{- end }}

{{- define "coverslip.encoderArguments" -}}
{{- with .Values.encoder.atMpp }}
- --at-mpp={{ . }}
{{- end }}
{{- if .Values.encoder.allowUntrainedMpp }}
- --allow-untrained-mpp
{{- end }}
{{- end }}
