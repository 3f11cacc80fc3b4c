// What the generated client stands on: JSON, and one request.
package dev.hyperedge

import java.net.HttpURLConnection
import java.net.URL

/** An answer that is no decision: `status` 0 where there was none. `problem` is the problem document, if it came with one. */
class HyperedgeException(val status: Int, val problem: Map<*, *>?, message: String) : Exception(message)

open class HyperedgeCalls(private val api: String, private val key: String, private val timeoutMs: Int) {
    protected fun post(path: String, body: Map<String, Any?>): Map<*, *> {
        val connection = URL(api + path).openConnection() as HttpURLConnection
        try {
            connection.requestMethod = "POST"
            connection.connectTimeout = timeoutMs
            connection.readTimeout = timeoutMs
            connection.doOutput = true
            connection.setRequestProperty("Content-Type", "application/json")
            connection.setRequestProperty("Authorization", "Bearer $key")
            connection.outputStream.use { it.write(Json.write(body).toByteArray(Charsets.UTF_8)) }
            val status = connection.responseCode
            val stream = if (status < 400) connection.inputStream else connection.errorStream
            val text = stream?.use { it.readBytes().toString(Charsets.UTF_8) } ?: ""
            val json = Json.read(text) as? Map<*, *>
            if (status >= 400) throw HyperedgeException(status, json, "$path answered $status")
            return json ?: throw HyperedgeException(status, null, "$path answered no object")
        } catch (error: java.io.IOException) {
            throw HyperedgeException(0, null, "$path: ${error.message}")
        } finally {
            connection.disconnect()
        }
    }
}

/** As much of JSON as the API speaks: text, numbers, truth, null, lists and objects. */
object Json {
    /** Deeper than any answer; a nesting beyond it is no answer of ours. */
    private const val MAX_DEPTH = 64

    fun <T> must(field: String, value: T?): T = value ?: throw HyperedgeException(200, null, "$field is missing")

    fun <T> map(value: Any?, read: (Any?) -> T?): Map<String, T>? {
        val entries = (value as? Map<*, *>) ?: return null
        val all = LinkedHashMap<String, T>()
        for ((name, inner) in entries) read(inner)?.let { all[name as String] = it }
        return all
    }

    fun write(value: Any?): String = when (value) {
        null -> "null"
        is String -> quoted(value)
        is Map<*, *> -> value.entries.joinToString(",", "{", "}") { quoted(it.key.toString()) + ":" + write(it.value) }
        is Iterable<*> -> value.joinToString(",", "[", "]") { write(it) }
        else -> value.toString()
    }

    private fun quoted(text: String): String {
        val out = StringBuilder("\"")
        for (letter in text) when {
            letter == '"' || letter == '\\' -> out.append('\\').append(letter)
            letter < ' ' -> out.append(String.format("\\u%04x", letter.toInt()))
            else -> out.append(letter)
        }
        return out.append('"').toString()
    }

    /** Null for what is not JSON. */
    fun read(text: String): Any? = try {
        Reader(text).whole()
    } catch (error: RuntimeException) {
        null
    }

    private class Reader(private val text: String) {
        private var at = 0

        fun whole(): Any? {
            val value = value(0)
            space()
            check(at == text.length)
            return value
        }

        private fun space() {
            while (at < text.length && text[at] in " \t\r\n") at++
        }

        private fun expect(word: String) {
            check(text.startsWith(word, at))
            at += word.length
        }

        private fun value(depth: Int): Any? {
            check(depth < MAX_DEPTH)
            space()
            return when (text[at]) {
                '{' -> members(depth)
                '[' -> elements(depth)
                '"' -> string()
                't' -> { expect("true"); true }
                'f' -> { expect("false"); false }
                'n' -> { expect("null"); null }
                else -> number()
            }
        }

        private fun number(): Double {
            val from = at
            while (at < text.length && text[at] in "+-.0123456789eE") at++
            return text.substring(from, at).toDouble()
        }

        private fun string(): String {
            expect("\"")
            val out = StringBuilder()
            while (text[at] != '"') {
                val letter = text[at++]
                if (letter != '\\') { out.append(letter); continue }
                val escaped = text[at++]
                when (escaped) {
                    'n' -> out.append('\n')
                    't' -> out.append('\t')
                    'r' -> out.append('\r')
                    'b' -> out.append('\b')
                    'f' -> out.append('\u000c')
                    'u' -> { out.append(text.substring(at, at + 4).toInt(16).toChar()); at += 4 }
                    else -> out.append(escaped)
                }
            }
            at++
            return out.toString()
        }

        private fun elements(depth: Int): List<Any?> {
            val all = ArrayList<Any?>()
            at++
            space()
            if (text[at] == ']') { at++; return all }
            while (true) {
                all.add(value(depth + 1))
                space()
                if (text[at++] == ']') return all
                check(text[at - 1] == ',')
            }
        }

        private fun members(depth: Int): Map<String, Any?> {
            val all = LinkedHashMap<String, Any?>()
            at++
            space()
            if (text[at] == '}') { at++; return all }
            while (true) {
                space()
                val name = string()
                space()
                expect(":")
                all[name] = value(depth + 1)
                space()
                if (text[at++] == '}') return all
                check(text[at - 1] == ',')
            }
        }
    }
}
