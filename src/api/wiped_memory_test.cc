// Tests what docs/security.md promises: after a complete flow, when everything is freed, no secret is left in memory.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/api_client.h"
#include "adit/base64.h"
#include "adit/emulator.h"
#include "adit/http.h"
#include "adit/token_engine.h"

#include "base/secret/canaries_fixture.h"
#include "base/text/text.h"
#include "credentials/known_keys.h"
#include "http/server/raw_peers_fixture.h"
#include "system/files/temporary_folder.h"
#include "token/store/file_store.h"

namespace adit {
namespace {

constexpr const char* kPeerFolder = "ADIT_MEMORY_PEER";
constexpr const char* kMetascope = "ent_analytics_bulk_ingest_sdk";

// The peer makes the secrets. It is another process, so they have never been in the memory that the test searches,
// except where adit has put them.

std::string random_text(std::size_t size) {
  std::string bytes = read_file("/proc/sys/kernel/random/uuid") + read_file("/proc/sys/kernel/random/uuid");
  std::erase_if(bytes, [](char c) { return c == '-' || c == '\n'; });
  return bytes.substr(0, size);
}

std::string number(const EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(value);
  return bytes;
}

std::string encrypted_pem(EVP_PKEY* key, const std::string& passphrase) {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(), passphrase.data(), static_cast<int>(passphrase.size()),
                                nullptr, nullptr);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(out);
  return pem;
}

void write(const std::string& path, std::string_view text) { std::ofstream(path) << text; }

void serve_peer(const std::string& folder) {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(2048));
  const auto passphrase = random_text(24);
  const auto secret = random_text(40);
  const auto oauth_secret = random_text(40);
  const auto pem = encrypted_pem(key, passphrase);
  const auto signing_key = jwt::SigningKey::from_pem(Secret(pem), Secret(passphrase));
  write(folder + "/.env",
        cat("JWT_CLIENT_ID=memory\nJWT_CLIENT_SECRET=", secret,
            "\nJWT_TECHNICAL_ACCOUNT_ID=T@techacct.adobe.com\nJWT_IMS_ORG=O@AdobeOrg\nJWT_METASCOPES=", kMetascope,
            "\nJWT_PRIVATE_KEY=", base64_encode(pem), "\nJWT_PRIVATE_KEY_PASSPHRASE=\"", passphrase, "\"\n"));
  write(folder + "/quoted.env",
        cat("JWT_CLIENT_SECRET='", secret, "'\nJWT_PRIVATE_KEY=\"", replace_all(pem, "\n", "\\n"), "\"\n"));
  write(folder + "/params.json",
        cat(R"({"IMS_OAUTH_S2S_CLIENT_ID":"s2s","IMS_OAUTH_S2S_CLIENT_SECRET":")", oauth_secret,
            R"(","IMS_OAUTH_S2S_ORG_ID":"O@AdobeOrg","IMS_OAUTH_S2S_SCOPES":"openid"})"));

  const emulator::Emulator ims({.integrations = {{.client_id = "memory",
                                                  .client_secrets = {Secret(secret)},
                                                  .org_id = "O@AdobeOrg",
                                                  .technical_account_id = "T@techacct.adobe.com",
                                                  .public_keys = {signing_key.public_key()},
                                                  .metascopes = {kMetascope}},
                                                 {.client_id = "s2s",
                                                  .client_secrets = {Secret(oauth_secret)},
                                                  .org_id = "O@AdobeOrg",
                                                  .scopes = {"openid"}}}});
  std::string canaries;
  const auto add_canary = [&canaries](std::string_view name, std::string_view text) {
    canaries += cat(name, ' ', base64_encode(test::Canaries::masked(text)), '\n');
  };
  add_canary("client-secret", secret);
  add_canary("oauth-client-secret", oauth_secret);
  add_canary("passphrase", passphrase);
  add_canary("private-key-base64", base64_encode(pem));
  add_canary("private-key-pem", std::string_view(pem).substr(40, pem.size() - 80));
  for (const auto* name : {OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_D}) {
    auto bytes = number(key, name);
    add_canary(cat(name, "-in-der"), bytes);
    std::reverse(bytes.begin(), bytes.end());
    add_canary(cat(name, "-as-number"), bytes);  // as OpenSSL's BIGNUM stores it on a little-endian machine
  }
  EVP_PKEY_free(key);
  write(folder + "/canaries.new", canaries);
  write(folder + "/origin", ims.origin());
  std::filesystem::rename(folder + "/canaries.new", folder + "/canaries");
  while (::getchar() != EOF) {
  }
}

class Peer {
 public:
  Peer() {
    std::array<int, 2> in{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
    ::setenv(kPeerFolder, folder_.path().c_str(), 1);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::execl("/proc/self/exe", "peer", "--gtest_filter=*DISABLED_runs_the_peer", "--gtest_also_run_disabled_tests",
              "--gtest_brief=1", nullptr);
      ::_exit(127);
    }
    ::unsetenv(kPeerFolder);
    ::close(in[0]);
    stdin_ = in[1];
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!std::filesystem::exists(path("canaries")) && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    ::close(stdin_);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] std::string path(std::string_view name) const { return cat(folder_.path().string(), '/', name); }
  [[nodiscard]] test::Canaries canaries() const {
    test::Canaries all;
    std::ifstream lines(path("canaries"));
    for (std::string name, text; lines >> name >> text;) all.add_masked(name, *base64_decode(text));
    return all;
  }

 private:
  const TemporaryFolder folder_{testing::TempDir() + "adit-memory"};
  pid_t pid_ = -1;
  int stdin_ = -1;
};

TEST(WipedMemory, DISABLED_runs_the_peer) {
  if (const char* folder = std::getenv(kPeerFolder)) serve_peer(folder);
}

/// Sends over a socket and wipes its buffers, so that everything that is found was left by adit itself.
class PlainTransport final : public http::Transport {
 public:
  http::Response send(const http::Request& request) override {
    const auto body = request.body().reveal();
    const auto url = http::split_url(request.url());
    const auto port = url.origin.substr(url.origin.rfind(':') + 1);
    auto socket = http::testing::RawSocket::connect_to(static_cast<std::uint16_t>(std::stoi(port)));
    WipedString head;
    head.reserve(16'384);
    head.append(request.method()).append(" ").append(url.rest).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    for (const auto& [name, value] : request.headers()) head.append(name).append(": ").append(value).append("\r\n");
    head.append(cat("Connection: close\r\nContent-Length: ", body.size(), "\r\n\r\n")).append(body);
    socket.send(head);
    const WipedString answer = receive(socket.descriptor());
    const auto end = answer.find("\r\n\r\n");
    return {std::stoi(answer.substr(9, 3)), {}, answer.substr(end + 4)};
  }

 private:
  static WipedString receive(int descriptor) {
    WipedString answer;
    answer.resize(65'536);
    std::size_t size = 0;
    for (ssize_t count = 1; count > 0; size += static_cast<std::size_t>(std::max<ssize_t>(count, 0)))
      count = ::read(descriptor, answer.data() + size, answer.size() - size);
    answer.resize(size);
    return answer;
  }
};

/// Records the assertion, masked.
class RecordingTransport final : public http::Transport {
 public:
  explicit RecordingTransport(http::Transport& transport) : transport_(transport) {}
  http::Response send(const http::Request& request) override {
    const auto body = request.body().reveal();
    if (const auto at = body.find("jwt_token="); at != std::string_view::npos)
      assertion = test::Canaries::masked(body.substr(at + 10, body.find('&', at) - at - 10));
    return transport_.send(request);
  }
  std::string assertion;

 private:
  http::Transport& transport_;
};

/// The process caches the last sixteen private keys, for actions. Replaces them with other keys.
void replace_cached_keys() {
  const auto pem = jwt::SigningKey::generate(jwt::KeyType::ed25519).to_pem();
  for (std::size_t i = 0; i < 16; ++i)
    static_cast<void>(known_private_key(Secret(cat(pem.reveal(), std::string(i, '\n'))), Secret(), "KEY", "."));
}

void run_flow(const Peer& peer, test::Canaries& canaries, http::Transport& sender) {
  const ims::Ims ims{read_file(peer.path("origin"))};
  RecordingTransport transport(sender);
  const auto store = std::make_shared<token::FileStore>(peer.path("store"));
  const auto issuer = ims::ims_issuer(ims, transport);
  Environment environment;
  environment.add_file(EnvFile::read(peer.path(".env")));
  const auto credentials = Credentials::from_environment(environment);
  for (int turn = 0; turn < 2; ++turn) {  // the second one takes the token from the store
    token::EngineOptions engine_options;
    engine_options.store = store;
    token::TokenEngine engine(engine_options);
    auto source = engine.source(credentials, issuer);
    const auto token = source.get();
    canaries.add(turn == 0 ? "access-token" : "access-token-from-store", token.reveal());
    ApiClientOptions options;
    options.hosts.add(ims.url);
    ApiClient api(source, "memory", "O@AdobeOrg", transport, options);
    EXPECT_EQ(api.send(http::Request::get(ims.url + "/discovery/me")).status(), 200);
  }
  canaries.add_masked("assertion", transport.assertion);

  const WipedString text = read_file(peer.path("params.json"));
  const auto params = parse_json(text, "The parameters", {.wiped = true});
  const auto oauth = Credentials::from_params(params.as_object());
  token::TokenEngine engine;
  canaries.add("oauth-access-token", engine.source(oauth, issuer).get().reveal());

  const auto quoted = EnvFile::read(peer.path("quoted.env"));
  EXPECT_EQ(quoted.entries.size(), 2U);
}

template <typename Transport>
void expect_nothing_left() {
  const Peer peer;
  auto canaries = peer.canaries();
  // On another thread, because a thread's copy of the token is freed when the thread ends.
  std::thread([&] {
    Transport transport;
    run_flow(peer, canaries, transport);
  }).join();
  replace_cached_keys();
  EXPECT_EQ(join(canaries.found(), "\n"), "");
}

TEST(WipedMemory, contains_no_secret_of_a_complete_flow_after_everything_is_freed) {
  if (test::may_search_memory()) expect_nothing_left<PlainTransport>();
}

TEST(WipedMemory, contains_no_secret_that_libcurl_sent_after_everything_is_freed) {
  if (test::may_search_memory()) expect_nothing_left<http::Client>();
}

TEST(WipedMemory, is_really_searched) {
  if (!test::may_search_memory()) return;
  const Peer peer;
  const auto canaries = peer.canaries();
  const auto text = read_file(peer.path(".env"));
  EXPECT_THAT(canaries.found(), testing::Contains(testing::HasSubstr("client-secret+0 at ")));
  EXPECT_THAT(canaries.found(), testing::Contains(testing::HasSubstr("private-key-base64+0 at ")));
  EXPECT_GT(text.size(), 0U);
}

}  // namespace
}  // namespace adit
