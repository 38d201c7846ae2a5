// Private keys for tests, made for them and used nowhere else.
#pragma once

#include <string_view>

namespace support {

// 1024 bits, the least that may sign, so that tests are fast.
constexpr std::string_view rsa_pem = R"(-----BEGIN RSA PRIVATE KEY-----
MIICXwIBAAKBgQDC7rk0r0o4I1h5OQ6TeM+AP/2AAHxSVpyYEQoQpBsvLE6+FPCS
+mQQLIMT/aMRe8gH7RtUPRzFM0ut5lNAFr7iBnJc7ym8pxNeX7uHrfmbnGo2pOSv
BANJGppafQjy9eenTGkFRhVXEkUlde3AuQDDcdIqO4MI10x2Kbr8aa8UkwIDAQAB
AoGBAJll7R8Vlk1pGzWB/gN1Pa1KLf4t46eT+vT767S+v5m2v1x78/lly5qivJ/d
qBaZFweNwkTfNqXEwRhfOUIk5B5tZB0YdZTlIWWm/oWFPTwKkM2Afzqat031Iia/
AlkuP+9EK84fTUDlnvWRT61fQ+gJBPyl5211FPPVj5yJLwaxAkEA//jtZa/6z3wL
XXtdZWrW7KtCTMdoYmsIFvthiuG3bQ3K0vhO9VYJX/nSbtdVSPyVBo4Qt98inwuP
MZNU2ijImQJBAML0HAwhYRfqgR2uESNHzcvP7jKN6OtRb78axq+umbXjKTChXwfg
U7GCutCylWWs3vLGEck7nLuI+kGbiOt95gsCQQDN0IJZS/lX0T52KNY80H4Fh+Jk
R8XHtJWpnPCeMcVBm2Bk56DdJROepwmrc9qwN98/iQUqQvDcfvfg/byxOS+pAkEA
rmU0md1aP8y1h9lo10iqXkI5cNvlmmwVLL1FM29bbYwyEqCopCEWfVrWx06ZuoS0
RDTPQFalVFWqmPoLt62+FQJBAIGIDj4r1pSugvSdlq4czg2Rf98BXHXsYBtCh6ls
Ixsplnh8IZzt2X+oiJdYF7N/+Ko5/+wTKrnhfiY6d3DwPUc=
-----END RSA PRIVATE KEY-----
)";

// Too small to sign (RFC 8301 3.2).
constexpr std::string_view rsa_512_pem = R"(-----BEGIN PRIVATE KEY-----
MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEAw4xunpYMJn8MpP0F
Yjq6FXrvkRj31VH5ZBG1hVgKKoaeXEI0SqK3bTzqp+kmx47surYqZZJlfnmg8HV/
SaJ0VQIDAQABAkEAvSRyQtZjfkDZXCSYNoETSH+WhUQfQ6h8jvxKFWYovyOxFDOH
oPeVELTuOBvN3atCcxIzjboYiJMt/L4TmZSs6QIhAO4GBqU8RUb77zyMkSRGBk9k
z8+wr5Nx9JuLRO7eOUqTAiEA0lEwrgeCxVrRL5GO9SYW7jmm6DczlMpUc6/SHluY
TncCIQCNg1+oFbFKhrax1RDl9AwEX/d9j5qTmwjHAYI2UkDVqQIgeLLlmApxbyeG
g6EqhOA+KqtlcUE01gAj5VyS3p88UlMCIA3/rw6l4NZvcmjHVXoVBqrBH39ZBKzE
P2++HCyIE8bo
-----END PRIVATE KEY-----
)";

constexpr std::string_view ed25519_pem = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIOnNhD/V+tsSWelNDipB+mo5ZNSA4DnPBo9jdOppU0kl
-----END PRIVATE KEY-----
)";

constexpr std::string_view p256_pem = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgok101BmAE8ycDz/9
4+DamiyxpZzNcPLsl0c6pLY6o5qhRANCAASk+pO9mTfMuZls+KdAxB7xLg6UhLuF
e7sgpTYSdCR3VOYzF/G8CvT387RC2qjlKUHW6n13ySSqh26n7kjbeotm
-----END PRIVATE KEY-----
)";

} // namespace support
