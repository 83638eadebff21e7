#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"
#include "adit/http.h"

#include "http/server/tls_server_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::CertificateOptions;
using ::testing::HasSubstr;
using testing::Identity;
using testing::kOk;
using testing::make_identity;
using testing::RawServer;
using testing::RawSocket;
using testing::ScopedVariable;
using testing::TlsServer;

class ClientTls : public ::testing::Test {
 protected:
  ClientTls()
      : ca_(make_identity({.name = "adit test CA"})),
        ca_file_(testing::write_pem(folder_.path() / "ca.pem", ca_.certificate.get())) {
    // The OpenSSL server of the test may write into a closed connection.
    std::signal(SIGPIPE, SIG_IGN);
  }

  Identity localhost(long valid_from = -3600, long valid_until = 3600) const {
    return make_identity({.name = "localhost",
                          .alternative_names = "DNS:localhost,IP:127.0.0.1",
                          .valid_from = valid_from,
                          .valid_until = valid_until},
                         &ca_);
  }
  Client trusting() const { return Client({.connect_timeout = 2min, .total_timeout = 2min, .ca_file = ca_file_}); }
  static Error error_of(Client& client, const std::string& url) {
    try {
      (void)client.send(Request::get(url).bearer(Secret("secret-token")));
    } catch (const Error& error) {
      EXPECT_EQ(error.to_string().find("secret-token"), std::string::npos);
      return error;
    }
    ADD_FAILURE() << "answered: " << url;
    return Error::failure("none", "none");
  }

  testing::TemporaryFolder folder_;
  Identity ca_;
  std::string ca_file_;
};

TEST_F(ClientTls, trusts_the_given_file) {
  const TlsServer server(localhost(), kOk);
  auto client = trusting();
  EXPECT_EQ(client.send(Request::get(server.origin())).body(), "ok");
  EXPECT_EQ(client.send(Request::get(server.origin())).body(), "ok");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(ClientTls, trusts_a_folder_of_hashed_certificates) {
  const TlsServer server(localhost(), kOk);
  testing::TemporaryFolder folder;
  testing::write_hashed(folder.path(), ca_.certificate.get());
  Client client({.ca_dir = folder.path().string()});
  EXPECT_EQ(client.send(Request::get(server.origin("127.0.0.1"))).body(), "ok");
}

TEST_F(ClientTls, trusts_the_certificates_of_ssl_cert_file_and_ssl_cert_dir) {
  const TlsServer server(localhost(), kOk);
  {
    const ScopedVariable variable("SSL_CERT_FILE", ca_file_);
    Client client;
    EXPECT_EQ(client.send(Request::get(server.origin())).body(), "ok");
  }
  testing::TemporaryFolder folder;
  testing::write_hashed(folder.path(), ca_.certificate.get());
  const ScopedVariable variable("SSL_CERT_DIR", folder.path().string());
  Client client;
  EXPECT_EQ(client.send(Request::get(server.origin())).body(), "ok");
}

TEST_F(ClientTls, options_replace_the_environment) {
  const TlsServer server(localhost(), kOk);
  const ScopedVariable variable("SSL_CERT_FILE", ca_file_);
  const auto other = make_identity({.name = "another CA"});
  Client client({.ca_file = testing::write_pem(folder_.path() / "other.pem", other.certificate.get())});
  EXPECT_THAT(error_of(client, server.origin()).message(), HasSubstr("does not trust"));
}

TEST_F(ClientTls, a_certificate_of_an_unknown_ca_is_refused_with_a_remedy) {
  const TlsServer server(localhost(), kOk);
  Client client;
  const auto error = error_of(client, server.origin() + "/p?q=secret");
  EXPECT_EQ(error.code(), "request_failed");
  EXPECT_EQ(error.message(),
            cat("GET ", server.origin(),
                "/p: the TLS certificate of localhost is signed by a CA that this machine does not trust."));
  EXPECT_THAT(error.hint(), AllOf(HasSubstr("SSL_CERT_FILE"), HasSubstr("SSL_CERT_DIR")));
  EXPECT_FALSE(error.retryable());
}

TEST_F(ClientTls, a_self_signed_certificate_is_refused_with_a_remedy) {
  const TlsServer server(make_identity({.name = "localhost", .alternative_names = "DNS:localhost"}), kOk);
  auto client = trusting();
  EXPECT_THAT(error_of(client, server.origin()).message(), HasSubstr("does not trust"));
}

TEST_F(ClientTls, a_certificate_for_another_host_is_refused) {
  const TlsServer server(make_identity({.name = "other", .alternative_names = "DNS:other.example"}, &ca_), kOk);
  auto client = trusting();
  for (const auto* host : {"localhost", "127.0.0.1"}) {
    const auto error = error_of(client, server.origin(host));
    EXPECT_THAT(error.message(), HasSubstr(cat("the server's TLS certificate is not for ", host, '.')));
    EXPECT_FALSE(error.retryable());
  }
}

TEST_F(ClientTls, certificates_that_are_not_valid_now_are_refused_with_a_hint_to_the_clock) {
  auto client = trusting();
  const TlsServer expired(localhost(-7200, -3600), kOk);
  const auto late = error_of(client, expired.origin());
  EXPECT_THAT(late.message(), HasSubstr("the TLS certificate of localhost has expired."));
  EXPECT_THAT(late.hint(), HasSubstr("clock"));
  EXPECT_FALSE(late.retryable());
  const TlsServer early(localhost(3600, 7200), kOk);
  EXPECT_THAT(error_of(client, early.origin()).message(), HasSubstr("is not valid yet."));
}

TEST_F(ClientTls, the_three_usual_certificate_faults_have_their_own_message_and_remedy) {
  auto client = trusting();
  const auto expect = [&](const Identity& identity, std::string_view what, std::string_view remedy) {
    const TlsServer server(identity, kOk);
    const auto error = error_of(client, server.origin() + "/p?q=secret");
    EXPECT_EQ(error.code(), "request_failed");
    EXPECT_EQ(error.message(), cat("GET ", server.origin(), "/p: ", what));
    EXPECT_THAT(error.hint(), HasSubstr(std::string(remedy)));
    EXPECT_FALSE(error.retryable());
  };
  const auto unknown = make_identity({.name = "another CA"});
  expect(make_identity({.name = "localhost", .alternative_names = "DNS:localhost"}, &unknown),
         "the TLS certificate of localhost is signed by a CA that this machine does not trust.",
         "put that CA's certificate (PEM) into a file and name the file in SSL_CERT_FILE");
  expect(make_identity({.name = "localhost", .alternative_names = "DNS:other.example"}, &ca_),
         "the server's TLS certificate is not for localhost.", "Use the host name that the certificate names");
  expect(localhost(-7200, -3600), "the TLS certificate of localhost has expired.",
         "Check this machine's clock. If it is right, the server's operator has to renew the certificate");
}

TEST_F(ClientTls, plain_http_at_a_port_that_speaks_tls_is_reported) {
  auto client = trusting();
  // Some servers close without an answer (OpenSSL), others send a TLS alert (Java, BoringSSL).
  const TlsServer silent(localhost(), kOk);
  const auto closed = error_of(client, replace_all(silent.origin(), "https:", "http:"));
  EXPECT_THAT(closed.message(), HasSubstr("the connection was closed before an answer came."));
  RawServer alerts([](RawSocket& socket, int) {
    socket.read_message();
    socket.send(std::string_view("\x15\x03\x01\x00\x02\x02\x46", 7));
  });
  const auto alert = error_of(client, alerts.origin());
  EXPECT_THAT(alert.message(), HasSubstr("the server's answer is not HTTP."));
  EXPECT_FALSE(alert.retryable());
  for (const auto& error : {closed, alert}) EXPECT_THAT(error.hint(), HasSubstr("begin the URL with https://"));
}

TEST_F(ClientTls, an_error_names_the_ca_file_that_cannot_be_read) {
  const TlsServer server(localhost(), kOk);
  Client client({.ca_file = "/nowhere/ca.pem"});
  const auto error = error_of(client, server.origin());
  EXPECT_THAT(error.message(), HasSubstr("the CA certificates in /nowhere/ca.pem could not be read."));
  EXPECT_FALSE(error.retryable());
}

TEST_F(ClientTls, a_server_that_does_not_speak_tls_is_reported) {
  RawServer server([](RawSocket& socket, int) {
    socket.receive_more();
    socket.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  });
  auto client = trusting();
  const auto error = error_of(client, cat("https://127.0.0.1:", server.port()));
  EXPECT_THAT(error.message(), HasSubstr("does not speak TLS"));
  EXPECT_FALSE(error.retryable());
}

TEST_F(ClientTls, a_handshake_that_breaks_off_or_hangs_is_retryable) {
  auto client = trusting();
  RawServer resets([](RawSocket& socket, int) {
    socket.receive_more();
    socket.reset();
  });
  const auto reset = error_of(client, cat("https://127.0.0.1:", resets.port()));
  EXPECT_THAT(reset.message(), HasSubstr("closed before an answer came"));
  EXPECT_TRUE(reset.retryable());

  RawServer hangs([](RawSocket& socket, int) { socket.read_to_end(); });
  Client hasty({.connect_timeout = 150ms});
  const auto hung = error_of(hasty, cat("https://127.0.0.1:", hangs.port()));
  EXPECT_THAT(hung.message(), HasSubstr("the connection's handshake did not end within 0.15 seconds."));
  EXPECT_TRUE(hung.retryable());
}

TEST_F(ClientTls, requires_tls_1_2_even_if_the_systems_configuration_allows_less) {
  // In another process, because OpenSSL reads its configuration only once.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto configuration = folder_.path() / "openssl.cnf";
  std::ofstream(configuration) << "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = weak\n"
                                  "[weak]\nMinProtocol = TLSv1\nCipherString = DEFAULT@SECLEVEL=0\n";
  const ScopedVariable variable("OPENSSL_CONF", configuration);
  const auto try_versions = [&] {
    const std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> weak(SSL_CTX_new(TLS_client_method()));
    EXPECT_LE(SSL_CTX_get_min_proto_version(weak.get()), TLS1_VERSION) << "the configuration is not read";
    for (const int newest : {TLS1_VERSION, TLS1_1_VERSION}) {
      const TlsServer server(localhost(), kOk, newest);
      auto client = trusting();
      EXPECT_THAT(error_of(client, server.origin()).message(),
                  HasSubstr("the server does not offer TLS 1.2 or later."));
    }
    const TlsServer server(localhost(), kOk, TLS1_2_VERSION);
    EXPECT_EQ(trusting().send(Request::get(server.origin())).body(), "ok");
  };
  EXPECT_EXIT(
      {
        try_versions();
        std::_Exit(::testing::Test::HasFailure() ? 1 : 0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_F(ClientTls, a_redirect_from_https_to_http_is_never_followed) {
  RawServer plain([](RawSocket& socket, int) { socket.send(kOk); });
  const TlsServer server(localhost(),
                         cat("HTTP/1.1 302 Found\r\nLocation: ", plain.origin(), "/\r\nContent-Length: 0\r\n\r\n"));
  auto client = trusting();
  try {
    (void)client.send(Request::get(server.origin()));
    ADD_FAILURE() << "followed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "redirect_refused");
    EXPECT_THAT(error.message(), HasSubstr(plain.origin()));
  }
  EXPECT_EQ(plain.connections(), 0);
}

}  // namespace
}  // namespace adit::http
