# All images: docker buildx bake
# With other names: TAG=1.2.3 REGISTRY=registry.example.org/team/ docker buildx bake --push

variable "REGISTRY" {
  default = ""
}
variable "TAG" {
  default = "0.1.0"
}
variable "REVISION" {
  default = "unknown"
}
# Seconds since 1970 that the files of the images bear, such as `git log -1 --format=%ct`: two builds of one commit are
# alike then. It must change with the content, as browsers tell a changed page asset by its time.
variable "SOURCE_DATE_EPOCH" {
  default = null
}
variable "NODE_IMAGE" {
  default = "node:24.21.0-bookworm-slim"
}
variable "NODE_BUILD_IMAGE" {
  default = "node:24.21.0-bookworm"
}

group "default" {
  targets = ["sensor-agent", "leader-aggregator", "ingest-api"]
}

target "app" {
  name       = app
  matrix     = { app = ["sensor-agent", "leader-aggregator", "ingest-api"] }
  context    = "."
  dockerfile = "deploy/images/Dockerfile"
  target     = app
  tags       = ["${REGISTRY}atalaya/${app}:${TAG}"]
  args = {
    NODE_IMAGE        = NODE_IMAGE
    NODE_BUILD_IMAGE  = NODE_BUILD_IMAGE
    VERSION           = TAG
    REVISION          = REVISION
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
}
