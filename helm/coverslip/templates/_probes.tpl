{{/*
Ready: what the part needs answers, the catalog above all. Live: the process answers, which says nothing of what it depends on, so
that PostgreSQL's outage restarts nobody. A worker's answer may wait while its slide has all cores.
*/}}
{{- define "coverslip.probes" -}}
startupProbe:
  httpGet: {path: /health/live, port: http}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: {{ div (int (.values.startupSeconds | default 60)) 2 }}
readinessProbe:
  httpGet: {path: /health/ready, port: http}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
livenessProbe:
  httpGet: {path: /health/live, port: http}
  periodSeconds: 15
  timeoutSeconds: 10
  failureThreshold: 8
{{- end }}
