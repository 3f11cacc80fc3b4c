// What an app does first, with the generated client: `Smoke.jar ADDRESS KEY`. Prints a line for each thing that holds.
import dev.hyperedge.*

fun require(what: String, isSo: Boolean) {
    if (!isSo) throw IllegalStateException(what)
    println("ok   $what")
}

fun main(args: Array<String>) {
    val client = HyperedgeClient(args[0], args[1], timeoutMs = 10_000)
    val asked = OptimizeRequest(placements = listOf("banner"), consent = "granted")
    val answer = client.optimize(asked)
    val decision = answer.decisions[0]
    require("a decision, with a token", decision.placement == "banner" && decision.token != null)
    require("its content, down to the parts", decision.content?.parts?.get("text")?.text?.isNotEmpty() == true)
    require("a signed id of the person", answer.customer.anonymousId?.startsWith("a1.") == true)
    val again = client.optimize(asked.copy(customer = CustomerReference(anonymousId = answer.customer.anonymousId)))
    require("the same person again", again.customer.anonymousId == answer.customer.anonymousId)
    val seen = FeedbackEvent(token = decision.token!!, kind = "exposure")
    val tapped = seen.copy(kind = "goal", goal = "click")
    require("feedback is accepted", client.feedback(FeedbackRequest(events = listOf(seen, tapped))).accepted == 2L)
    require("the same again is known", client.feedback(FeedbackRequest(events = listOf(seen))).duplicates == 1L)
    try {
        client.optimize(OptimizeRequest(placements = listOf("not an id \"\\\n")))
        require("what is wrong is refused", false)
    } catch (error: HyperedgeException) {
        require("what is wrong is refused, with its field", error.status == 422 && error.problem?.get("errors") != null)
    }
    try {
        HyperedgeClient("http://127.0.0.1:9", args[1]).optimize(asked)
        require("no network is an exception", false)
    } catch (error: HyperedgeException) {
        require("no network is an exception that says so", error.status == 0)
    }
}
