internal import CVec
public import Dispatch

/// The memory of a process that trains trial after trial, which is to hold what trials need now and not
/// what they once needed.
public enum Heap {
    /// Has all threads share one heap, and its free pages go back to the system once a second.
    ///
    /// Call it before threads start. For programs whose threads seldom allocate, as those that train do.
    ///
    /// - Returns: What gives the pages back, for as long as it is held.
    public static func keepSmall() -> any DispatchSourceTimer {
        cvec_use_one_heap()
        let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
        timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(100))
        timer.setEventHandler { cvec_release_free_pages() }
        timer.activate()
        return timer
    }
}
