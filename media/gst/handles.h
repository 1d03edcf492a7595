#pragma once
#include <gst/gst.h>

#include <memory>
#include <string>
#include <utility>

/// Owning handles: the only place that refs and unrefs. No exception crosses a GLib callback.
namespace tyndau::gst {

template <class T, auto Free>
struct Freer {
  void operator()(T* pointer) const { Free(pointer); }
};

/// One reference to a GstObject (element, pipeline, bus, pad, clock).
template <class T>
class Object {
 public:
  Object() = default;
  /// Takes over a full reference ("transfer full").
  static Object adopt(T* pointer) { return Object(pointer); }
  /// Takes over a floating reference, as element factories give it.
  static Object sink(T* pointer) {
    if (pointer != nullptr) gst_object_ref_sink(pointer);
    return Object(pointer);
  }
  /// Adds a reference to a borrowed pointer ("transfer none").
  static Object share(T* pointer) {
    if (pointer != nullptr) gst_object_ref(pointer);
    return Object(pointer);
  }
  Object(const Object& other) : Object(share(other.pointer_)) {}
  Object(Object&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
  Object& operator=(Object other) noexcept {
    std::swap(pointer_, other.pointer_);
    return *this;
  }
  ~Object() {
    if (pointer_ != nullptr) gst_object_unref(pointer_);
  }
  T* get() const { return pointer_; }
  explicit operator bool() const { return pointer_ != nullptr; }

 private:
  explicit Object(T* pointer) : pointer_(pointer) {}
  T* pointer_ = nullptr;
};

using Element = Object<GstElement>;
using Pad = Object<GstPad>;

/// One reference to a buffer, sample, caps: GstMiniObject kinds.
template <class T>
class Mini {
 public:
  Mini() = default;
  static Mini adopt(T* pointer) { return Mini(pointer); }
  static Mini share(T* pointer) {
    if (pointer != nullptr) gst_mini_object_ref(GST_MINI_OBJECT_CAST(pointer));
    return Mini(pointer);
  }
  Mini(const Mini& other) : Mini(share(other.pointer_)) {}
  Mini(Mini&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
  Mini& operator=(Mini other) noexcept {
    std::swap(pointer_, other.pointer_);
    return *this;
  }
  ~Mini() {
    if (pointer_ != nullptr) gst_mini_object_unref(GST_MINI_OBJECT_CAST(pointer_));
  }
  T* get() const { return pointer_; }
  /// Gives the reference away to a function that takes it ("transfer full").
  T* release() { return std::exchange(pointer_, nullptr); }
  explicit operator bool() const { return pointer_ != nullptr; }

 private:
  explicit Mini(T* pointer) : pointer_(pointer) {}
  T* pointer_ = nullptr;
};

using Buffer = Mini<GstBuffer>;
using Sample = Mini<GstSample>;
using Caps = Mini<GstCaps>;
using Message = Mini<GstMessage>;

}  // namespace tyndau::gst
