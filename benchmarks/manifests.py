# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Manifests of realistic size: what one application of a monorepo has, a tenth of it with faults."""

from __future__ import annotations

from pathlib import Path

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
  namespace: team-{team}
  labels:
    app.kubernetes.io/name: app-{number}
    app.kubernetes.io/component: web
  annotations:
    example.com/owner: "team {team}"
spec:
  replicas: {replicas}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: app-{number}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-{number}
    spec:
      serviceAccountName: app-{number}
      imagePullSecrets:
        - name: registry
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              app.kubernetes.io/name: app-{number}
      initContainers:
        - name: log-shipper
          restartPolicy: Always
          image: registry.example.com/app-{number}:1.{replicas}.0
          command: ["/bin/sh", "-c", "exec /app/ship-logs"]
          lifecycle:
            preStop:
              exec:
                command: ["/bin/true"]
          resources:
            requests: {{cpu: 50m, memory: 64Mi}}
            limits: {{cpu: 100m, memory: 64Mi}}
      containers:
        - name: web
          image: registry.example.com/app-{number}:{tag}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef:
                  name: app-{number}
                  key: url
          lifecycle:
            preStop:
              exec:
                command: ["/bin/sleep", "5"]
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            initialDelaySeconds: 5
          livenessProbe:
            httpGet:
              path: /live
              port: http
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              cpu: 500m
              memory: 256Mi
          securityContext:
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
      volumes:
        - name: tmp
          emptyDir: {{}}
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: app-{number}
  namespace: team-{team}
  labels:
    app.kubernetes.io/name: app-{number}
spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: app-{number}
  ports:
    - name: http
      port: 80
      targetPort: http
      protocol: TCP
"""
_BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: app-{number}
  namespace: team-{team}
  labels:
    app.kubernetes.io/name: app-{number}
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: app-{number}
"""
_KINDS = (("deployment", _DEPLOYMENT), ("service", _SERVICE), ("budget", _BUDGET))


def write_manifests(folder: Path, count: int) -> int:
    """Writes `count` files of one object each below a folder, by team, and returns their bytes."""
    size = 0
    for index in range(count):
        number, (kind, template) = index // len(_KINDS), _KINDS[index % len(_KINDS)]
        faulty = number % 10 == 0
        text = template.format(
            number=number, team=number % 40, replicas=2 + number % 3, tag="latest" if faulty else "1.0.3"
        )
        if faulty and kind == "deployment":
            text = text.replace("livenessProbe", "startupProbe")
        path = folder / f"team-{number % 40}" / f"app-{number}-{kind}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        size += len(text)
    return size
