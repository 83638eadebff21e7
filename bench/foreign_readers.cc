#include "bench/foreign_readers.h"

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "adit/signing_key.h"
#include "cli/import/import_document.h"
#include "cli/import/import_zip.h"

#include "action/action_loop.h"
#include "action/http_service.h"
#include "base/text/text.h"
#include "base/write_all.h"
#include "credentials/console_file.h"
#include "dev/package/package_zip.h"
#include "dev/package/packaged_file.h"
#include "token/store/sealed_record.h"
#include "token/store/stored_token.h"

namespace adit::bench {
namespace {

Response nothing(const Params& /*params*/, const Activation& /*activation*/) { return Response(json::object()); }

void post(const std::string& path, const std::string& body) {
  // With a socket, so that the service writes no sentinels to this program's output.
  HttpService service(&nothing, {.socket = "unused"});
  http::ServerRequest request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  std::mutex mutex;
  std::condition_variable ready;
  bool answered = false;
  service.answer(std::move(request), http::Reply([&](const http::ServerResponse& /*response*/) {
                   const std::lock_guard lock(mutex);
                   answered = true;
                   ready.notify_one();
                 }));
  std::unique_lock lock(mutex);
  ready.wait(lock, [&] { return answered; });
}

}  // namespace

void read_action_loop(const std::string& text) {
  const int in = ::memfd_create("in", MFD_CLOEXEC);
  const int out = ::memfd_create("out", MFD_CLOEXEC);
  if (!write_all(in, text)) return;
  ::lseek(in, 0, SEEK_SET);
  static_cast<void>(serve_action_loop(&nothing, {.in = in, .out = out}));
  ::close(in);
  ::close(out);
}

void read_init(const std::string& text) { post("/init", text); }
void read_run(const std::string& text) { post("/run", text); }

void read_stored_record(const std::string& text) {
  using std::chrono::milliseconds;
  const token::ClockReading now{WallTime(milliseconds(1'700'000'000'000)), MonotonicTime(std::chrono::hours(100)),
                                "boot", milliseconds(0)};
  static_cast<void>(token::from_record(Secret(text), now));
  static const token::RecordSeal seal(OAuthCredentials{"client", Secret("secret"), "org", {"openid"}},
                                      "https://ims.test");
  static_cast<void>(seal.open(text, 1));
}

void read_console(const std::string& text) {
  static_cast<void>(read_console_file(cli::read_import_document(text, "console.json"), "console.json"));
}

void read_archive(const std::string& text) { static_cast<void>(cli::read_zip(text, "config.zip")); }

std::string archive_of(std::size_t files, std::size_t size) {
  std::vector<dev::PackagedFile> all;
  std::uint32_t random = 1;
  for (std::size_t file = 0; file < files; ++file) {
    std::string bytes(size / files, '\0');
    for (auto& byte : bytes) byte = static_cast<char>((random = random * 1'664'525U + 1'013'904'223U) >> 24U);
    all.push_back({cat("file", file), std::move(bytes)});
  }
  return dev::zip_files(all);
}

std::string certificate_of(std::size_t size) {
  std::vector<std::string> names;
  // Base64 encodes three bytes in four characters. In the certificate, each name has two bytes more than its text.
  for (std::size_t bytes = 0; bytes < size * 3 / 4; bytes += names.back().size() + 2)
    names.push_back(cat("name", names.size(), ".example"));
  const auto key = jwt::SigningKey::generate(jwt::KeyType::ec_p256);
  return jwt::make_self_signed({.subject = {.common_name = "bench"}, .names = std::move(names)}, key).to_pem();
}

}  // namespace adit::bench
