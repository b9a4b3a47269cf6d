{{- /* Renders the Deployments of a role, one for each zone. Arguments: root, component, role, about, zones. */ -}}
{{- define "gatehouse.deployments" -}}
{{- range $zone := .zones | default (list "") }}
---
# {{ $.about }}
{{ include "gatehouse.deployment" (merge (dict "zone" $zone) $) }}
{{- end }}
{{- end -}}

{{- /* Renders one Deployment. Arguments: root, component, role, zone. */ -}}
{{- define "gatehouse.deployment" -}}
{{- $root := .root -}}
{{- $values := index $root.Values .component -}}
{{- $name := printf "%s-%s" (include "gatehouse.fullname" $root) .component -}}
{{- $isProxy := eq .component "proxy" -}}
{{- $tls := dig "tls" "secretName" "" $values -}}
{{- $authorities := dig "tls" "authorityKey" "" $values -}}
{{- $http := include "gatehouse.listens" (dict "root" $root "listener" "HTTP") -}}
{{- $https := include "gatehouse.listens" (dict "root" $root "listener" "HTTPS") -}}
{{- $drain := $root.Values.drain -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}{{ with .zone }}-{{ . }}{{ end }}
  labels:
    {{- include "gatehouse.labels" . | nindent 4 }}
spec:
  {{- if not (and $isProxy $values.autoscaling.enabled) }}
  replicas: {{ $values.replicas }}
  {{- end }}
  # One new pod at a time. An old pod stops only when the new one is ready.
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      {{- include "gatehouse.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "gatehouse.selector" . | nindent 8 }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        # A changed value rolls the pods.
        checksum/config: {{ include "gatehouse.config" $root | sha256sum }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ $name }}
      # Members are discovered through DNS, so no pod needs the Kubernetes API.
      automountServiceAccountToken: false
      enableServiceLinks: false
      # Longer than the sum of preStop, drain-delay, drain-timeout and the 10 s for leaving the cluster.
      terminationGracePeriodSeconds: {{ add $drain.preStopSeconds $drain.delaySeconds $drain.timeoutSeconds 20 }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if or .zone $values.nodeSelector }}
      nodeSelector:
        {{- with .zone }}
        topology.kubernetes.io/zone: {{ . | quote }}
        {{- end }}
        {{- with $values.nodeSelector }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- include "gatehouse.podSecurity" . | nindent 8 }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          # New pods are spread among themselves, not together with the pods they replace.
          matchLabelKeys:
            - pod-template-hash
          labelSelector:
            matchLabels:
              {{- include "gatehouse.selector" . | nindent 14 }}
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: {{ $values.spreadHosts }}
          {{- if eq $values.spreadHosts "DoNotSchedule" }}
          nodeTaintsPolicy: Honor
          {{- end }}
          matchLabelKeys:
            - pod-template-hash
          labelSelector:
            matchLabels:
              {{- include "gatehouse.selector" . | nindent 14 }}
      {{- if not (or $isProxy $root.Values.migrate.hook) }}
      initContainers:
        # Each pod runs it and the first one migrates. No probe interrupts it. If it fails, the old pods keep running.
        {{- include "gatehouse.migrateContainer" $root | nindent 8 }}
      {{- end }}
      containers:
        - name: gatehouse
          image: {{ include "gatehouse.image" $root }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          envFrom:
            - configMapRef:
                name: {{ include "gatehouse.fullname" $root }}
          env:
            - name: POD_IP
              valueFrom:
                fieldRef:
                  fieldPath: status.podIP
            # The event bus binds to the same host, on an ephemeral port.
            - name: GATEHOUSE_CLUSTER_BIND
              value: $(POD_IP):5701
            # A file, because environment variables appear in kubectl describe and in crash dumps.
            - name: GATEHOUSE_CLUSTER_SECRET_FILE
              value: /etc/gatehouse/cluster/secret
            - name: GATEHOUSE_ROLES
              value: {{ .role }}
            {{- if not $isProxy }}
            {{- include "gatehouse.postgresEnv" (dict "root" $root "role" $root.Values.postgres.secret "passwordFile" "/etc/gatehouse/postgres/password") | nindent 12 }}
            {{- end }}
            # Not in the ConfigMap, so that Kustomize can rename the Service.
            - name: GATEHOUSE_CLUSTER_KUBERNETES_SERVICE
              value: {{ include "gatehouse.fullname" $root }}-cluster
            {{- if .zone }}
            - name: GATEHOUSE_CLUSTER_ZONE
              value: {{ .zone | quote }}
            {{- else if and $root.Values.cluster.zoneLabel (not $isProxy) }}
            - name: GATEHOUSE_CLUSTER_ZONE
              valueFrom:
                fieldRef:
                  fieldPath: metadata.labels['{{ $root.Values.cluster.zoneLabel }}']
            {{- end }}
            {{- if eq .component "admin" }}
            - name: GATEHOUSE_ADMIN_HTTP
              value: 0.0.0.0:8001
            - name: GATEHOUSE_ADMIN_TOKEN_FILE
              value: /etc/gatehouse/admin/token
            {{- end }}
            {{- if $tls }}
            - name: GATEHOUSE_{{ upper .component }}_CERTIFICATE
              value: /etc/gatehouse/tls/tls.crt
            - name: GATEHOUSE_{{ upper .component }}_CERTIFICATE_KEY
              value: /etc/gatehouse/tls/tls.key
            {{- end }}
            {{- if $authorities }}
            - name: GATEHOUSE_ADMIN_CLIENT_AUTHORITIES
              value: /etc/gatehouse/tls/ca.crt
            {{- end }}
            {{- if and $isProxy $values.streams }}
            - name: GATEHOUSE_PROXY_STREAM
              value: {{ range $i, $stream := $values.streams }}{{ if $i }},{{ end }}0.0.0.0:{{ $stream.port }}{{ if $stream.tls }} ssl{{ end }}{{ end }}
            {{- end }}
            {{- if and $isProxy (not (hasKey $root.Values.config "GATEHOUSE_PROXY_PUBLIC_PORTS")) (or (ne (int $values.service.httpPort) 8000) (ne (int $values.service.httpsPort) 8443)) }}
            # X-Forwarded-Port has the port of the Service.
            - name: GATEHOUSE_PROXY_PUBLIC_PORTS
              value: {{ $values.service.httpPort }}:8000,{{ $values.service.httpsPort }}:8443
            {{- end }}
            {{- with $values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            {{- if $isProxy }}
            {{- if $http }}
            - name: http
              containerPort: 8000
            {{- end }}
            {{- if $https }}
            - name: https
              containerPort: 8443
            {{- end }}
            {{- range $values.streams }}
            - name: {{ .name }}
              containerPort: {{ .port }}
            {{- end }}
            {{- end }}
            {{- if eq .component "admin" }}
            - name: admin
              containerPort: 8001
            {{- end }}
            - name: status
              containerPort: 8100
            - name: cluster
              containerPort: 5701
          # The node serves while its endpoint is removed from Services. drain-delay follows, for load balancers that check /ready.
          lifecycle:
            preStop:
              exec:
                command:
                  - sleep
                  - {{ $drain.preStopSeconds | quote }}
          startupProbe:
            httpGet:
              path: /live
              port: status
            periodSeconds: 2
            failureThreshold: 60
          readinessProbe:
            httpGet:
              path: /ready
              port: status
            periodSeconds: 2
            failureThreshold: 2
          livenessProbe:
            httpGet:
              path: /live
              port: status
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          # The JVM derives its thread counts from the CPU limit and its heap from the memory limit.
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- include "gatehouse.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            - name: cluster
              mountPath: /etc/gatehouse/cluster
              readOnly: true
            {{- if not $isProxy }}
            - name: postgres
              mountPath: /etc/gatehouse/postgres
              readOnly: true
            {{- end }}
            {{- if $tls }}
            - name: tls
              mountPath: /etc/gatehouse/tls
              readOnly: true
            {{- end }}
            {{- if eq .component "admin" }}
            - name: admin
              mountPath: /etc/gatehouse/admin
              readOnly: true
            {{- end }}
            {{- with $values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        # For native libraries of the JVM, and for the self-signed certificate if none is configured.
        - name: tmp
          emptyDir:
            sizeLimit: 64Mi
        - name: cluster
          secret:
            secretName: {{ $root.Values.cluster.secret.name }}
            defaultMode: 0440
            items:
              - key: {{ $root.Values.cluster.secret.key }}
                path: secret
        {{- if not $isProxy }}
        {{- include "gatehouse.postgresVolume" $root | nindent 8 }}
        {{- end }}
        {{- if $tls }}
        - name: tls
          secret:
            secretName: {{ $tls }}
            defaultMode: 0440
            items:
              - key: tls.crt
                path: tls.crt
              - key: tls.key
                path: tls.key
              {{- if $authorities }}
              - key: {{ $authorities }}
                path: ca.crt
              {{- end }}
        {{- end }}
        {{- if eq .component "admin" }}
        - name: admin
          secret:
            secretName: {{ $values.tokenSecret.name }}
            defaultMode: 0440
            items:
              - key: {{ $values.tokenSecret.key }}
                path: token
        {{- end }}
        {{- with $values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}

{{- /* Renders the account and the disruption budget of a role. Arguments: root, component. */ -}}
{{- define "gatehouse.companions" -}}
{{- $name := printf "%s-%s" (include "gatehouse.fullname" .root) .component -}}
---
# Without permissions: Gatehouse does not use the Kubernetes API.
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  labels:
    {{- include "gatehouse.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- if .root.Values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  labels:
    {{- include "gatehouse.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  # A pod that is not ready serves no requests and must not prevent the drain of a Kubernetes node.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "gatehouse.selector" . | nindent 6 }}
{{- end }}
{{- end -}}
