{{/*
Workers by what their stream owes. Takes beside `root`, `part` and `values` the `stream`.

The stream's length, not the group's lag: an acknowledged entry is deleted, so the length counts what
waits and what is in flight, and workers at a long slide are not taken away when nothing waits. The
lag can also be unknown to Redis after deletions, and is an error while there is no group yet.

Whoever is taken away all the same hands its slide back at once. While Redis is away the number stays.
*/}}
{{- define "coverslip.scaledObject" -}}
{{- if .values.autoscaling.enabled -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "coverslip.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    name: {{ include "coverslip.partName" . }}
  minReplicaCount: {{ .values.autoscaling.minReplicas }}
  maxReplicaCount: {{ .values.autoscaling.maxReplicas }}
  pollingInterval: 15
  # Before the last one leaves, where none is allowed. Messages that are paused after a failure are not
  # in the stream, and a worker alone brings them back there: after five minutes at most.
  cooldownPeriod: 600
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        scaleUp:
          stabilizationWindowSeconds: 0
          policies:
            - {type: Pods, value: 4, periodSeconds: 60}
            - {type: Percent, value: 100, periodSeconds: 60}
        scaleDown:
          stabilizationWindowSeconds: 600
          policies:
            - {type: Pods, value: 1, periodSeconds: 60}
  # Of two lanes, and of all tenants, the one that asks for more workers counts.
  triggers:
    {{- $prefixes := list "coverslip" }}
    {{- with .root.Values.tenants }}
    {{- $prefixes = list }}
    {{- range . }}
    {{- $prefixes = append $prefixes (printf "coverslip:tenants:%s" .) }}
    {{- end }}
    {{- end }}
    {{- range $prefix := $prefixes }}
    {{- range $lane := list "" "urgent:" }}
    - type: redis-streams
      metadata:
        stream: {{ printf "%s:{%s}:%smessages" $prefix $.stream $lane | quote }}
        streamLength: {{ $.values.autoscaling.slidesPerWorker | quote }}
        databaseIndex: {{ $.root.Values.redis.database | quote }}
        enableTLS: {{ eq $.root.Values.redis.transport "tls" | quote }}
      authenticationRef:
        name: {{ include "coverslip.fullname" $.root }}-redis
    {{- end }}
    {{- end }}
{{- end }}
{{- end }}
