// What the generated client stands on: values of any kind, and one request.
import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// An answer that is no decision. `body` is the problem document, if it came with one.
public struct HyperedgeError: Error {
    public let status: Int
    public let body: Data
}

public struct HyperedgeClient: Sendable {
    let api: URL
    let key: String
    let timeoutSeconds: Double

    public init(api: URL, key: String, timeoutSeconds: Double = 1) {
        self.api = api
        self.key = key
        self.timeoutSeconds = timeoutSeconds
    }

    func post<Request: Encodable, Response: Decodable>(_ path: String, _ body: Request) async throws -> Response {
        var request = URLRequest(url: api.appendingPathComponent(path), timeoutInterval: timeoutSeconds)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization")
        request.httpBody = try JSONEncoder().encode(body)
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else { throw HyperedgeError(status: status, body: data) }
        return try JSONDecoder().decode(Response.self, from: data)
    }
}

/// JSON of any kind, as attributes and `data` of an arm may be.
public indirect enum JSONValue: Codable, Sendable, Equatable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    public init(from decoder: Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() { self = .null }
        else if let flag = try? value.decode(Bool.self) { self = .flag(flag) }
        else if let number = try? value.decode(Double.self) { self = .number(number) }
        else if let text = try? value.decode(String.self) { self = .text(text) }
        else if let list = try? value.decode([JSONValue].self) { self = .list(list) }
        else { self = .object(try value.decode([String: JSONValue].self)) }
    }

    public func encode(to encoder: Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .flag(let flag): try value.encode(flag)
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .list(let list): try value.encode(list)
        case .object(let object): try value.encode(object)
        }
    }
}
