{{- define "gatehouse.fullname" -}}
{{- $default := ternary .Release.Name (printf "%s-gatehouse" .Release.Name) (contains "gatehouse" .Release.Name) -}}
{{- .Values.fullnameOverride | default $default -}}
{{- end -}}

{{- define "gatehouse.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end -}}

{{- /* Labels that a selector may use. Arguments: root, component, zone. */ -}}
{{- define "gatehouse.selector" -}}
app.kubernetes.io/name: gatehouse
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- with .zone }}
gatehouse.io/zone: {{ . | quote }}
{{- end }}
{{- end -}}

{{- /* Labels of an object. Arguments: root, component. */ -}}
{{- define "gatehouse.labels" -}}
{{ include "gatehouse.selector" (dict "root" .root "component" .component) }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{- /* Not empty if the proxies listen. Arguments: root, listener (HTTP or HTTPS), which config may turn off. */ -}}
{{- define "gatehouse.listens" -}}
{{- $value := index .root.Values.config (printf "GATEHOUSE_PROXY_%s" .listener) -}}
{{- if not (has (toString $value) (list "off" "false")) }}true{{ end -}}
{{- end -}}

{{- define "gatehouse.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "gatehouse.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{- /*
  The database. A password in the environment would appear in kubectl describe and in crash dumps. Arguments: root, role (the Secret
  of the role), passwordFile.
*/ -}}
{{- define "gatehouse.postgresEnv" -}}
{{- $role := .role -}}
{{- $passwordFile := .passwordFile -}}
{{- with .root.Values.postgres -}}
- name: {{ ternary "POSTGRES_URL" "GATEHOUSE_POSTGRES_URL" (ne .sslmode "") }}
{{- if .url }}
  value: {{ .url | quote }}
{{- else }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret.name }}
      key: {{ .secret.urlKey }}
{{- end }}
{{- if .sslmode }}
{{- $verifies := hasPrefix "verify-" .sslmode }}
{{- $root := ternary "/etc/gatehouse/postgres/ca.crt" "system" (ne .authorityKey "") }}
- name: GATEHOUSE_POSTGRES_URL
  value: $(POSTGRES_URL)?sslmode={{ .sslmode }}{{ if $verifies }}&sslrootcert={{ $root }}{{ end }}
{{- end }}
- name: GATEHOUSE_POSTGRES_USER
  valueFrom:
    secretKeyRef:
      name: {{ $role.name }}
      key: {{ $role.userKey }}
- name: GATEHOUSE_POSTGRES_PASSWORD_FILE
  value: {{ $passwordFile }}
{{- end -}}
{{- end -}}

{{- define "gatehouse.postgresVolume" -}}
{{- with .Values.postgres -}}
{{- $verifies := and .authorityKey (hasPrefix "verify-" .sslmode) -}}
- name: postgres
{{- if and $verifies .authoritySecret }}
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ .secret.name }}
          items:
            - key: {{ .secret.passwordKey }}
              path: password
      - secret:
          name: {{ .authoritySecret }}
          items:
            - key: {{ .authorityKey }}
              path: ca.crt
{{- else }}
  secret:
    secretName: {{ .secret.name }}
    defaultMode: 0440
    items:
      - key: {{ .secret.passwordKey }}
        path: password
      {{- if $verifies }}
      - key: {{ .authorityKey }}
        path: ca.crt
      {{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{- /* The container that migrates. Argument: root. */ -}}
{{- define "gatehouse.migrateContainer" -}}
- name: migrate
  image: {{ include "gatehouse.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - migrate
    - --wait={{ .Values.migrate.wait }}
  env:
    {{- if .Values.migrate.secret.name }}
    {{- include "gatehouse.postgresEnv" (dict "root" . "role" .Values.migrate.secret "passwordFile" "/etc/gatehouse/owner/password") | nindent 4 }}
    {{- else }}
    {{- include "gatehouse.postgresEnv" (dict "root" . "role" .Values.postgres.secret "passwordFile" "/etc/gatehouse/postgres/password") | nindent 4 }}
    {{- end }}
    {{- with .Values.migrate.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  resources:
    {{- toYaml .Values.migrate.resources | nindent 4 }}
  securityContext:
    {{- include "gatehouse.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - name: tmp
      mountPath: /tmp
    - name: postgres
      mountPath: /etc/gatehouse/postgres
      readOnly: true
    {{- if .Values.migrate.secret.name }}
    - name: owner
      mountPath: /etc/gatehouse/owner
      readOnly: true
    {{- end }}
    {{- with .Values.migrate.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
