#pragma once
#include <string>

/// Offers as browsers write them, shortened.
namespace tyndau::guests::test {

inline const std::string kHead =
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=msid-semantic: "
    "WMS\r\n";
inline const std::string kIce =
    "a=ice-ufrag:4ZcD\r\na=ice-pwd:2/1muCWoOi3uLifh0NuRHlBt\r\n"
    "a=fingerprint:sha-256 "
    "75:74:5A:A6:A4:E5:52:F4:A7:67:4C:01:C7:EE:91:3F:21:3D:A2:E3:53:7B:6F:30:86:F2:30:AA:65:FB:04:24\r\n"
    "a=setup:actpass\r\n";

inline std::string video_line(const std::string& direction = "recvonly") {
  return "m=video 9 UDP/TLS/RTP/SAVPF 96 103 109\r\nc=IN IP4 0.0.0.0\r\n" + kIce + "a=mid:0\r\na=" + direction +
         "\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\n"
         "a=rtpmap:103 H264/90000\r\na=rtcp-fb:103 nack pli\r\n"
         "a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f\r\n"
         "a=rtpmap:109 H264/90000\r\na=rtcp-fb:109 nack\r\na=rtcp-fb:109 nack pli\r\n"
         "a=fmtp:109 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n";
}

inline std::string audio_line(const std::string& direction = "recvonly") {
  return "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.0\r\n" + kIce + "a=mid:1\r\na=" + direction +
         "\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:0 "
         "PCMU/8000\r\n";
}

/// `head` for one line alone.
inline std::string head_of(const std::string& mid) {
  std::string head = kHead;
  return head.replace(head.find("BUNDLE 0 1"), 10, "BUNDLE " + mid);
}

/// What the guest's page offers: microphone and programme's sound, programme, camera, presentation.
inline std::string guest_offer(const std::string& camera = "sendonly", const std::string& voice = "sendrecv") {
  const auto numbered = [](std::string line, const std::string& mid) {
    const std::size_t at = line.find("a=mid:");
    return line.replace(at, 7, "a=mid:" + mid);
  };
  std::string head = kHead;
  head.replace(head.find("BUNDLE 0 1"), 10, "BUNDLE 0 1 2 3");
  return head + numbered(audio_line(voice), "0") + numbered(video_line("recvonly"), "1") +
         numbered(video_line(camera), "2") + numbered(video_line("sendonly"), "3");
}

inline const std::string kViewer = kHead + video_line() + audio_line();
inline const std::string kListener = head_of("1") + audio_line();
inline const std::string kWatcher = head_of("0") + video_line();

}  // namespace tyndau::guests::test
