#include "emulator/server/key_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/log.h"

#include "base/text/text.h"

namespace adit::emulator {
namespace {

class KeyFile : public testing::Test {
 protected:
  KeyFile() {
    set_log_level(LogLevel::off);  // Warnings are what these tests provoke.
    std::string name = testing::TempDir() + "adit-key-file-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ / "below" / "key.pem";
  }
  ~KeyFile() override {
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
    std::filesystem::remove_all(folder_);
    set_log_level(LogLevel::info);
  }
  void write(std::string_view text) {
    std::filesystem::create_directories(path_.parent_path());
    std::ofstream(path_) << text;
  }
  std::string thumbprint() { return load_or_make_key(path_.string()).public_key().thumbprint(); }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_.parent_path()), {}));
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

TEST_F(KeyFile, is_readable_only_by_its_owner_and_read_again) {
  const auto first = thumbprint();
  struct ::stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(thumbprint(), first);
  EXPECT_EQ(files(), 1U) << "no temporary file stays";
}

TEST_F(KeyFile, loses_permissions_of_other_users) {
  const auto first = thumbprint();
  ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
  EXPECT_EQ(thumbprint(), first);
  struct ::stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(KeyFile, is_replaced_if_it_is_broken) {
  for (const auto* text : {"", "rubbish", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
    write(text);
    const auto made = thumbprint();
    EXPECT_EQ(thumbprint(), made) << text;
    EXPECT_EQ(files(), 1U);
  }
}

TEST_F(KeyFile, is_replaced_if_its_key_is_of_another_kind) {
  write(jwt::SigningKey::generate(jwt::KeyType::ec_p256).to_pem().reveal());
  EXPECT_TRUE(load_or_make_key(path_.string()).can_use(jwt::Algorithm::RS256));
}

TEST_F(KeyFile, is_not_needed_if_it_cannot_be_written) {
  EXPECT_TRUE(load_or_make_key("/proc/none/key.pem").can_use(jwt::Algorithm::RS256));
  std::filesystem::create_directories(path_);  // a folder in its place
  EXPECT_TRUE(load_or_make_key(path_.string()).can_use(jwt::Algorithm::RS256));
  EXPECT_TRUE(load_or_make_key("").can_use(jwt::Algorithm::RS256));
}

TEST_F(KeyFile, does_not_wait_for_a_pipe) {
  std::filesystem::create_directories(path_.parent_path());
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_TRUE(load_or_make_key(path_.string()).can_use(jwt::Algorithm::RS256));
}

TEST_F(KeyFile, is_the_same_for_processes_that_start_at_once) {
  std::array<std::string, 4> thumbprints;
  {
    std::vector<std::jthread> threads;
    for (auto& place : thumbprints) threads.emplace_back([&] { place = thumbprint(); });
  }
  for (const auto& one : thumbprints) EXPECT_EQ(one, thumbprint());
}

}  // namespace
}  // namespace adit::emulator
