"""Values that are wrong are refused before anything reaches a cluster, with the name of what is wrong."""

import unittest

import rendering

GOOD = rendering.CHART / "examples/hospital.yaml"

# What is set, and what Helm must say of it.
WRONG = [
    ("tiles.replicsa=3", "'/tiles/replicsa'"),
    ("embed.autoscaling.slidesPerWorkr=1", "'slidesPerWorkr' not allowed"),
    ("bogus=1", "'bogus' not allowed"),
    ("tiles.replicas=two", "'/tiles/replicas': got string, want integer"),
    ("ingest.watch=/mnt/scanner", "'/ingest/watch': got string, want object"),
    ("embed.gpus=-1", "'/embed/gpus'"),
    ("redis.secretName=", "'/redis/secretName'"),
    ("postgresql.secretName=", "'/postgresql/secretName'"),
    ("s3.secretName=", "'/s3/secretName'"),
    ("s3.bucket=", "'/s3/bucket'"),
    ("s3.encryption=rot13", "'/s3/encryption'"),
    ("image.repository=", "'/image/repository'"),
    ("image.tag=latest", "'/image/tag'"),
    ("ingress.tlsSecretName=", "'/ingress/tlsSecretName'"),
    ("ingress.host=", "'/ingress/host'"),
    ("metrics.podMonitor.tokenSecretName=", "'/metrics/podMonitor/tokenSecretName'"),
    ("encoder.precision=f16", "'/encoder/precision'"),
    ("encoder.allowUntrainedMpp=true", "'/encoder/atMpp'"),
    ("ingest.resources.limits.memory=lots", "'/ingest/resources/limits/memory'"),
    ("oidc.issuer=http://login.hospital.example", "'/oidc/issuer'"),
    ("oidc.roles[0]=reader=pathologists", "'/oidc/roles/0'"),
    ("oidc.publicUrl=", "'/oidc/publicUrl'"),
    ("oidc.port=0", "'/oidc/port'"),
    ("oidc.tenantClaim=organization", "'/oidc/tenantClaim'"),
    ("tenants[0]=North", "'/tenants/0'"),
    ("tenants={north,south}", "'/oidc/tenantClaim'"),
    ("tenants={north,south},oidc.tenantClaim=organization", "'/hl7/tenant'"),
    ("limits.failedLogins=-1", "'/limits/failedLogins'"),
    ("limits.trustedProxies[0]=front", "'/limits/trustedProxies/0'"),
    ("redis.leaseSeconds=1", "'/redis/leaseSeconds'"),
    ("networkPolicy.ingressPeers[0].cidr=10.0.0.0/8", "'cidr' not allowed"),
]


class Refused(unittest.TestCase):
    def test_the_values_are_good_before(self):
        rendering.template(GOOD)

    def test_each_is_named(self):
        for setting, message in WRONG:
            with self.subTest(setting=setting):
                done = rendering.helm("template", rendering.CHART, "--values", GOOD, "--set", setting)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(message, done.stderr)

    def test_nothing_is_rendered_without_the_names_that_are_needed(self):
        done = rendering.helm("template", rendering.CHART)
        self.assertNotEqual(done.returncode, 0)
        for name in ["/image/repository", "/postgresql/secretName", "/redis/secretName", "/s3/bucket", "/s3/secretName"]:
            self.assertIn(f"'{name}'", done.stderr)

    def test_no_secret_is_needed_where_the_machine_has_the_keys(self):
        text = rendering.template(GOOD, "s3.access=machine", "s3.secretName=")
        self.assertNotIn("COVERSLIP_S3_SECRET_ACCESS_KEY", text)
