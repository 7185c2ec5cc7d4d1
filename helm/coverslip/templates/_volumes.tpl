{{/*
Where a part may write, and what it is given to read. The root of every container is read-only.
*/}}

{{/* Of a storage class where one is named, else of the node's own disk. */}}
{{- define "coverslip.scratchVolume" -}}
- name: scratch
{{- if .storageClassName }}
  ephemeral:
    volumeClaimTemplate:
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: {{ .storageClassName }}
        resources:
          requests:
            storage: {{ .size }}
{{- else }}
  emptyDir:
    sizeLimit: {{ .size }}
{{- end }}
{{- end }}

{{- define "coverslip.trustVolume" -}}
{{- if .Values.trust.configMapName -}}
- name: trust
  configMap:
    name: {{ .Values.trust.configMapName }}
    items:
      - {key: {{ .Values.trust.key }}, path: ca.crt}
{{- end }}
{{- end }}

{{- define "coverslip.trustMount" -}}
{{- if .Values.trust.configMapName -}}
- name: trust
  mountPath: /trust
  readOnly: true
{{- end }}
{{- end }}

{{/* Who we are by HL7, and whom we trust there. */}}
{{- define "coverslip.hl7Volumes" -}}
{{- with .Values.hl7.tlsSecretName }}
- name: hl7-tls
  secret:
    secretName: {{ . }}
    items:
      - {key: tls.crt, path: tls.crt}
      - {key: tls.key, path: tls.key}
{{- end }}
{{- with .Values.hl7.authoritiesConfigMapName }}
- name: hl7-authorities
  configMap:
    name: {{ . }}
    items:
      - {key: ca.crt, path: ca.crt}
{{- end }}
{{- end }}

{{- define "coverslip.hl7Mounts" -}}
{{- if .Values.hl7.tlsSecretName }}
- {name: hl7-tls, mountPath: /hl7-tls, readOnly: true}
{{- end }}
{{- if .Values.hl7.authoritiesConfigMapName }}
- {name: hl7-authorities, mountPath: /hl7-authorities, readOnly: true}
{{- end }}
{{- end }}

{{- define "coverslip.claimVolume" -}}
- name: {{ .name }}
  persistentVolumeClaim:
    claimName: {{ .claim.existingClaim }}
    readOnly: true
{{- end }}

{{- define "coverslip.claimMount" -}}
- name: {{ .name }}
  mountPath: /{{ .name }}
  readOnly: true
  {{- with .claim.subPath }}
  subPath: {{ . }}
  {{- end }}
{{- end }}

{{/* Those of `claims` (name -> values) that name a claim. */}}
{{- define "coverslip.claimVolumes" -}}
{{- range $name, $claim := . }}
{{- if $claim.existingClaim }}
{{ include "coverslip.claimVolume" (dict "name" $name "claim" $claim) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Those of `secrets` (name -> a Secret's name) that name one: each key a file of /name. */}}
{{- define "coverslip.secretVolumes" -}}
{{- range $name, $secret := . }}
{{- if $secret }}
- name: {{ $name }}
  secret:
    secretName: {{ $secret }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- end }}

{{- define "coverslip.secretMounts" -}}
{{- range $name, $secret := . }}
{{- if $secret }}
- name: {{ $name }}
  mountPath: /{{ $name }}
  readOnly: true
{{- end }}
{{- end }}
{{- end }}

{{- define "coverslip.claimMounts" -}}
{{- range $name, $claim := . }}
{{- if $claim.existingClaim }}
{{ include "coverslip.claimMount" (dict "name" $name "claim" $claim) }}
{{- end }}
{{- end }}
{{- end }}
