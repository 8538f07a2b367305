# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Manifests for az aks safeguards check."""

# Denied: no probes, no pull secret, no anti-affinity, no resource limits (v2.0.0 fills those in), the latest tag.
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: app
          image: registry.example.com/web:latest
    metadata: {labels: {app: web}}
  selector: {matchLabels: {app: web}}
"""
# Nothing to say about.
CLEAN = """\
apiVersion: v1
kind: Pod
metadata:
  name: fine
  namespace: shop
spec:
  imagePullSecrets:
    - name: registry
  affinity:
    podAntiAffinity: {}
  containers:
    - name: app
      image: registry.example.com/fine:1.2.3
      lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}
      readinessProbe: {httpGet: {path: /, port: 80}}
      livenessProbe: {httpGet: {path: /, port: 80}}
      resources:
        requests: {cpu: 100m, memory: 64Mi}
        limits: {cpu: 100m, memory: 64Mi}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}
"""
