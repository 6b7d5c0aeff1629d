//! Measures the processor time of the current thread, so that other work on the machine does not count.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Returns the processor time that the current thread has used. `/proc/thread-self/schedstat` is not used, because some
/// kernels always report zero in it.
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[test]
fn computing_takes_processor_time_and_sleeping_does_not() {
    let start = processor_time();
    while processor_time() - start < Duration::from_millis(20) {
        std::hint::black_box((0..10_000_u64).map(|number| number * number).sum::<u64>());
    }
    let start = processor_time();
    std::thread::sleep(Duration::from_millis(200));
    assert!(processor_time() - start < Duration::from_millis(100));
}
