{{- define "coverslip.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "coverslip.metadata" . | nindent 2 }}
spec:
  type: ClusterIP
  selector:
    {{- include "coverslip.selector" . | nindent 4 }}
  ports:
    - {name: http, port: 80, targetPort: http, protocol: TCP}
{{- end }}

{{/* One at a time: also right for a part of one, which a drained node must be able to evict. */}}
{{- define "coverslip.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "coverslip.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  # A pod that is not ready protects nobody.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "coverslip.selector" . | nindent 6 }}
{{- end }}
